// Reads a request's body, and no more of it than is allowed.

import { RequestError } from "./problem.js";

/**
 * @param {Request} request
 * @param {number} limit bytes
 * @returns {Promise<Uint8Array>} the whole body, of at least one byte
 * @throws {RequestError} empty-body, body-too-large or incomplete-body
 */
export async function readBody(request, limit) {
  // What Content-Length says is a reason to refuse early, never to trust: bytes are counted below.
  if (Number(request.headers.get("content-length")) > limit) throw tooLarge(limit);
  const chunks = [];
  let total = 0;
  for await (const chunk of chunksOf(request)) {
    total += chunk.length;
    // Throwing leaves the loop, which cancels the stream: nothing more is read.
    if (total > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  if (total === 0) {
    throw new RequestError("empty-body", "Send an image as the body of the request.");
  }
  return joined(chunks, total);
}

/**
 * @param {Request} request
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* chunksOf({ body }) {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(incomplete);
      if (done) return;
      yield value;
    }
  } finally {
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
  return new RequestError("body-too-large", `At most ${limit} bytes are read.`);
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} total their bytes
 */
function joined(chunks, total) {
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
