// Who may ask, and how often.

import { RequestError } from "./problem.js";

/** The names of the bindings in wrangler.toml: a secret, and a rate limiter. */
export const TOKEN_BINDING = "WRANGLET_TOKEN";
export const LIMITER_BINDING = "RATE_LIMITER";

/**
 * Asks for `Authorization: Bearer TOKEN`, TOKEN being the secret.
 *
 * @param {Request} request
 * @param {Record<string, any>} env
 * @throws {RequestError} unauthorized
 * @throws {Error} when there is no secret: the service stays closed
 */
export async function checkToken(request, env) {
  const expected = env[TOKEN_BINDING];
  if (typeof expected !== "string" || expected.length === 0) {
    throw new Error(`auth = "bearer" needs the secret: wrangler secret put ${TOKEN_BINDING}`);
  }
  const [, given = ""] =
    /^Bearer +([^ ]+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!(await isSame(given, expected))) {
    const headers = { "www-authenticate": "Bearer" };
    throw new RequestError("unauthorized", "Send the header Authorization: Bearer TOKEN.", {
      headers,
    });
  }
}

/**
 * Compares in a time that tells nothing of where the texts differ nor of how long the secret is: their hashes, whole.
 *
 * @param {string} given
 * @param {string} expected
 */
async function isSame(given, expected) {
  const hash = async (/** @type {string} */ text) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const [a, b] = await Promise.all([hash(given), hash(expected)]);
  return a.reduce((difference, byte, i) => difference | (byte ^ b[i]), 0) === 0;
}

/**
 * Counts the request against its sender's limit.
 *
 * @param {Request} request
 * @param {Record<string, any>} env
 * @param {number} seconds the limit's period
 * @throws {RequestError} too-many-requests
 * @throws {Error} when there is no such binding
 */
export async function checkRate(request, env, seconds) {
  const limiter = env[LIMITER_BINDING];
  if (!limiter) throw new Error(`rate_limit needs the binding ${LIMITER_BINDING} in wrangler.toml`);
  const key = request.headers.get("cf-connecting-ip") ?? "unknown";
  const { success } = await limiter.limit({ key });
  if (!success) {
    const headers = { "retry-after": String(seconds) };
    throw new RequestError("too-many-requests", `Try again in ${seconds} seconds.`, { headers });
  }
}
