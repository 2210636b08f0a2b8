// Responses and requests, as all routes make and read them.

import { badRequest } from "./problem.js";
import { sha256 } from "./weights.js";

/**
 * @param {unknown} value
 * @param {Record<string, string>} [headers]
 * @returns {Response} an answer to one request, not to be stored
 */
export function json(value, headers = {}) {
  return new Response(JSON.stringify(value), {
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

/**
 * What is the same until the next deployment: to be stored, and asked for again by its ETag.
 *
 * @param {Request} request
 * @param {unknown} value
 * @returns {Promise<Response>} 304 when the client has it
 */
export async function cacheableJson(request, value) {
  const text = JSON.stringify(value);
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    etag: await etagOf(text),
  };
  return revalidated(request, new Response(text, { headers }));
}

/**
 * @param {string} text
 * @returns {Promise<string>} an ETag that no other text has
 */
export async function etagOf(text) {
  return `"${(await sha256(new TextEncoder().encode(text))).slice(0, 32)}"`;
}

/**
 * @param {Request} request
 * @param {Response} response with an ETag
 * @returns {Response} 304 when the client has it (RFC 9110, section 13.1.2)
 */
export function revalidated(request, response) {
  const etag = response.headers.get("etag") ?? "";
  const known = (request.headers.get("if-none-match") ?? "").split(",");
  const isKnown = known.some((one) => ["*", etag].includes(one.trim().replace(/^W\//, "")));
  return isKnown ? new Response(null, { status: 304, headers: response.headers }) : response;
}

/**
 * @param {Request} request
 * @returns {string} the content type without parameters, in lower case; empty when there is none
 */
export function mediaType(request) {
  return (request.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
}

/**
 * @param {URL} url
 * @param {string} name of a parameter of the query
 * @param {number} fallback when it is absent
 * @param {number} largest
 * @returns {number} an integer of 1 to `largest`
 * @throws {import("./problem.js").RequestError} bad-request
 */
export function positiveParameter(url, name, fallback, largest) {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1 || value > largest) {
    throw badRequest(`"${name}" must be an integer of 1 to ${largest}.`);
  }
  return value;
}
