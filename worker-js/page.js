// The page that a browser gets at `/`: pictures to try the Worker's models with. Its sources are in page/.

import { etagOf } from "./http.js";
import { DOCUMENT, SCRIPT_HASH, STYLE_HASH } from "./page_document.js";

/** Nothing comes from another host, nothing runs but the page's own script, and no other page may frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src '${SCRIPT_HASH}'`,
  `style-src '${STYLE_HASH}'`,
  "img-src blob: data:",
  "media-src mediastream:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "permissions-policy": "camera=(self)",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
  // The same URL has a description as JSON for other clients.
  vary: "accept",
};

/**
 * @param {{ name: string, path: string }[]} models what to choose from, the first at first; to `path` the page posts
 *     pictures as they are, with `?top=10`
 * @returns {Promise<Response>} the page; its ETag is of its content
 */
export async function page(models) {
  const html = DOCUMENT.replace("<!-- models -->", () => models.map(option).join(""));
  return new Response(html, { headers: { ...HEADERS, etag: await etagOf(html) } });
}

/** @param {{ name: string, path: string }} model */
function option({ name, path }) {
  return `<option value="${escaped(path)}">${escaped(name)}</option>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
