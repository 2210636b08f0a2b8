// Cross-origin resource sharing: which web pages of other origins may use the Worker (the Fetch standard, "CORS protocol").

const REQUEST_HEADERS = "authorization, content-type, inference-header-content-length";
const RESPONSE_HEADERS = "server-timing, etag, retry-after, inference-header-content-length";
const PREFLIGHT_SECONDS = "86400";

/**
 * @param {Request} request
 * @param {string[]} origins those allowed; "*" is every one
 * @returns {Record<string, string>} headers that any response to it needs
 */
export function corsHeaders(request, origins) {
  if (origins.length === 0) return {};
  if (origins.includes("*")) return shared("*");
  const origin = request.headers.get("origin") ?? "";
  // A cache must not give one origin's answer to another.
  return origins.includes(origin) ? { ...shared(origin), vary: "origin" } : { vary: "origin" };
}

/** @param {string} origin */
function shared(origin) {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": RESPONSE_HEADERS,
  };
}

/**
 * @param {string} methods the path's
 * @returns {Record<string, string>} what a preflight's answer needs besides
 */
export function preflightHeaders(methods) {
  return {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": REQUEST_HEADERS,
    "access-control-max-age": PREFLIGHT_SECONDS,
  };
}
