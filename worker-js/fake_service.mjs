// For tests: a Worker of the fakes in this process, and requests to it.

import assert from "node:assert/strict";

import { codecWasm, manifest, modelWasm } from "./fakes.mjs";
import { createWorker } from "./worker.js";

export { image } from "./fakes.mjs";

const codec = new WebAssembly.Module(codecWasm);
const module = new WebAssembly.Module(modelWasm);

/** The fake model's files, its manifest with `changes`. */
export const files = (changes) => ({ manifest: manifest(changes), module });

/** A Worker of these models, with these options. */
export const create = (models = [files()], options) =>
  createWorker({ image: codec, models, options });

export const call = (worker, path, init, env, ctx) =>
  worker.fetch(new Request(`http://worker${path}`, init), env, ctx);

export const post = (worker, body, path = "/classify", env, ctx) =>
  call(worker, path, { method: "POST", body }, env, ctx);

/** Asserts that a response is this problem (RFC 9457), with the Open Inference Protocol's `error`. */
export async function assertProblem(response, status, kind) {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  const problem = await response.json();
  assert.equal(problem.type, `urn:wranglet:problem:${kind}`);
  assert.equal(problem.status, status);
  assert.equal(problem.error, problem.detail);
}
