import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { problemResponse, PROBLEMS, RequestError } from "./problem.js";

test("a RequestError is told as RFC 9457 asks", async () => {
  const error = new RequestError("method-not-allowed", "Use GET.", { headers: { allow: "GET" } });
  const response = problemResponse(error);
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("allow"), "GET");
  assert.deepEqual(await response.json(), {
    type: "urn:wranglet:problem:method-not-allowed",
    title: "The method is not allowed here",
    status: 405,
    detail: "Use GET.",
    error: "Use GET.",
  });
});

test("any other error shows nothing of itself; the log has it under the same name", async (t) => {
  const log = t.mock.method(console, "error", () => {});
  const error = new Error("secret /path");
  const response = problemResponse(error);
  assert.equal(response.status, 500);
  const problem = await response.json();
  assert.doesNotMatch(JSON.stringify(problem), /secret/);
  assert.deepEqual(log.mock.calls[0].arguments, [problem.instance, error]);
});

test("the table in the documentation is that of the code", () => {
  const text = readFileSync(path.join(import.meta.dirname, "problem.js"), "utf8");
  const rows = [...text.matchAll(/^ \* \| ([a-z-]+) +\| (\d{3}) /gm)];
  assert.deepEqual(
    Object.fromEntries(rows.map(([, kind, status]) => [kind, Number(status)])),
    Object.fromEntries(Object.entries(PROBLEMS).map(([kind, { status }]) => [kind, status])),
  );
});
