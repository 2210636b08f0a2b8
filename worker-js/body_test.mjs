import assert from "node:assert/strict";
import { test } from "node:test";

import { readBody } from "./body.js";

const LIMIT = 100;
const LIMITS = { bytes: LIMIT, seconds: 30 };

/** A request of these chunks, and how many of them were read. */
function request(chunks, headers = {}) {
  const read = { count: 0, isCancelled: false };
  const body = new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[read.count++];
        if (chunk === undefined) controller.close();
        else if (chunk instanceof Error) controller.error(chunk);
        else controller.enqueue(chunk);
      },
      cancel: () => {
        read.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const made = new Request("http://worker/", { method: "POST", body, headers, duplex: "half" });
  return { made, read };
}

const refusal = (kind) => (error) => error.kind === kind;
const chunk = (length) => new Uint8Array(length).fill(length);

test("joins the chunks", async () => {
  const { made } = request([Uint8Array.of(1, 2), Uint8Array.of(3)]);
  assert.deepEqual(await readBody(made, LIMITS), Uint8Array.of(1, 2, 3));
});

test("a body of the limit is read, one more byte is too large", async () => {
  assert.equal((await readBody(request([chunk(60), chunk(40)]).made, LIMITS)).length, LIMIT);
  await assert.rejects(
    readBody(request([chunk(60), chunk(41)]).made, LIMITS),
    refusal("body-too-large"),
  );
});

test("a body a little too large is read to its end, so that its sender gets the answer", async () => {
  const { made, read } = request(Array(15).fill(chunk(10)));
  await assert.rejects(readBody(made, LIMITS), refusal("body-too-large"));
  assert.equal(read.count, 16, "all chunks and the end");
});

test("an endless body is cut off at twice the limit", async () => {
  const { made, read } = request(Array(1000).fill(chunk(10)));
  await assert.rejects(readBody(made, LIMITS), refusal("body-too-large"));
  assert.equal(read.count, 21);
  assert.ok(read.isCancelled);
});

test("a Content-Length far over the limit is refused before anything is read", async () => {
  const { made, read } = request([chunk(10)], { "content-length": "201" });
  await assert.rejects(readBody(made, LIMITS), refusal("body-too-large"));
  assert.equal(read.count, 0);
});

test("a Content-Length that understates does not help", async () => {
  const { made } = request([chunk(60), chunk(60)], { "content-length": "3" });
  await assert.rejects(readBody(made, LIMITS), refusal("body-too-large"));
});

test("the body counts, whatever Content-Length says", async () => {
  for (const announced of ["150", "5, 5"]) {
    const { made } = request([Uint8Array.of(1, 2, 3)], { "content-length": announced });
    assert.deepEqual(await readBody(made, LIMITS), Uint8Array.of(1, 2, 3), announced);
  }
});

test("no bytes are an empty body", async () => {
  await assert.rejects(readBody(request([]).made, LIMITS), refusal("empty-body"));
  const none = new Request("http://worker/", { method: "POST" });
  await assert.rejects(readBody(none, LIMITS), refusal("empty-body"));
});

test("a connection that breaks is an incomplete body", async () => {
  const { made } = request([chunk(10), new Error("reset")]);
  await assert.rejects(readBody(made, LIMITS), refusal("incomplete-body"));
});

test("a body that stops coming is too slow, and is let go", async () => {
  let isCancelled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(chunk(10)),
    cancel: () => void (isCancelled = true),
  });
  const made = new Request("http://worker/", { method: "POST", body, duplex: "half" });
  const limits = { bytes: LIMIT, seconds: 0.02 };
  await assert.rejects(readBody(made, limits), refusal("body-too-slow"));
  assert.ok(isCancelled);
});
