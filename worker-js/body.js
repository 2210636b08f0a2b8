// Reads a request's body, and keeps no more of it than is allowed.

import { RequestError } from "./problem.js";

/**
 * A body over the limit is read on, and dropped, up to this many limits, so that its sender gets to
 * read the refusal: closing a connection while bytes arrive resets it, and the answer is lost.
 * What is larger still is cut off.
 */
const DRAINED_LIMITS = 2;

/** @typedef {{ bytes: number, seconds: number }} BodyLimits */

/**
 * @param {Request} request
 * @param {BodyLimits} limits
 * @returns {Promise<Uint8Array<ArrayBuffer>>} the whole body, of at least one byte
 * @throws {RequestError} empty-body, body-too-large, body-too-slow or incomplete-body
 */
export async function readBody(request, { bytes: limit, seconds }) {
  // Content-Length is a reason to refuse early, never one to trust: bytes are counted below.
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > DRAINED_LIMITS * limit) throw tooLarge(limit);
  const chunks = [];
  let total = 0;
  for await (const chunk of chunksOf(request, seconds)) {
    total += chunk.length;
    // Leaving the loop cancels the stream: nothing more is read.
    if (total > DRAINED_LIMITS * limit) break;
    if (total <= limit) chunks.push(chunk);
  }
  if (total > limit) throw tooLarge(limit);
  if (total === 0) {
    throw new RequestError("empty-body", "Send an image as the body of the request.");
  }
  return joined(chunks, total);
}

/**
 * @param {Request} request
 * @param {number} seconds how long all of it may take
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* chunksOf({ body }, seconds) {
  if (!body) return;
  const reader = body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {}); // which ends the read that waits
  }, seconds * 1000);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(incomplete);
      if (isLate) throw new RequestError("body-too-slow", `Send it within ${seconds} seconds.`);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => {});
  }
}

/**
 * @param {unknown} cause
 * @returns {never}
 */
function incomplete(cause) {
  throw new RequestError("incomplete-body", "The connection broke before the body's end.", {
    cause,
  });
}

/** @param {number} limit */
function tooLarge(limit) {
  return new RequestError("body-too-large", `Send at most ${limit} bytes.`);
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} total their bytes
 */
function joined(chunks, total) {
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
