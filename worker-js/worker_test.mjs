import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { codecWasm, image, manifest, modelFunctions, modelWasm, POISON, TRAP } from "./fakes.mjs";
import { buildWasm, op } from "./wasm_builder.mjs";
import { createWorker } from "./worker.js";

const codec = new WebAssembly.Module(codecWasm);
const files = (changes) => ({
  manifest: manifest(changes),
  module: new WebAssembly.Module(modelWasm),
});
const create = (models = [files()], options) => createWorker({ image: codec, models, options });
const call = (worker, path, init) => worker.fetch(new Request(`http://worker${path}`, init));
const post = (worker, body, path = "/") => call(worker, path, { method: "POST", body });

describe("POST", () => {
  test("answers with classes, the model's name and version, and the timing", async () => {
    const response = await post(create(), image(0, 8, 2, 3));
    assert.equal(response.status, 200);
    const { timing, ...answer } = await response.json();
    assert.deepEqual(answer, {
      model: "fake",
      version: "0123456789abcdef",
      label: "cat",
      score: 4,
      classes: [
        { label: "cat", index: 0, score: 4 },
        { label: "dog", index: 1, score: 1 },
        { label: "runs", index: 2, score: 0.5 },
      ],
    });
    assert.deepEqual(Object.keys(timing), ["decode", "infer"]);
    assert.equal(
      response.headers.get("server-timing"),
      `decode;dur=${timing.decode}, infer;dur=${timing.infer}`,
    );
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  });

  test("lists as many classes as `top` says", async () => {
    const worker = create([files()], { top: 1 });
    const answer = await (await post(worker, image(0, 8, 2, 3))).json();
    assert.deepEqual(
      answer.classes.map(({ label }) => label),
      ["cat"],
    );
  });

  test("at /NAME it is that model's answer, at / the first's", async () => {
    const worker = create([files({ name: "one" }), files({ name: "the other" })]);
    for (const [path, model] of [
      ["/", "one"],
      ["/one", "one"],
      ["/the%20other", "the other"],
    ]) {
      const answer = await (await post(worker, image(0, 1, 2, 3), path)).json();
      assert.equal(answer.model, model, path);
    }
  });
});

describe("other methods", () => {
  test("GET describes the model and how to call it", async () => {
    const worker = create([files(), files({ name: "second", labels: undefined })]);
    const { usage, ...description } = await (await call(worker, "/")).json();
    assert.match(usage, /POST a JPEG/);
    assert.deepEqual(description, {
      name: "fake",
      version: "0123456789abcdef",
      precision: "int8",
      input: {
        name: "image",
        shape: [1, 1, 1, 3],
        dtype: "int8",
        image: { width: 1, height: 1, color: "rgb", crop: "center" },
      },
      output: { name: "scores", shape: [1, 3], kind: "probabilities" },
      labels: 3,
      limits: { bodyBytes: 20971520, pixels: 50000000 },
      models: [
        { name: "fake", path: "/fake" },
        { name: "second", path: "/second" },
      ],
    });
    const second = await (await call(worker, "/second")).json();
    assert.equal(second.name, "second");
    assert.equal(second.labels, 0);
  });

  test("HEAD has GET's headers and no body", async () => {
    const [get, head] = [await call(create(), "/"), await call(create(), "/", { method: "HEAD" })];
    assert.deepEqual([...head.headers], [...get.headers]);
    assert.equal(await head.text(), "");
  });

  test("OPTIONS lists the methods", async () => {
    const response = await call(create(), "/", { method: "OPTIONS" });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
  });
});

describe("problems, and the next request is served", () => {
  for (const [what, kind, status, path, init] of [
    ["a wrong method", "method-not-allowed", 405, "/", { method: "DELETE" }],
    ["a method named like a property", "method-not-allowed", 405, "/", { method: "toString" }],
    ["an unknown path", "not-found", 404, "/none", { method: "POST", body: "x" }],
    ["an empty body", "empty-body", 400, "/", { method: "POST" }],
    ["too many bytes", "body-too-large", 413, "/", { method: "POST", body: "x".repeat(101) }],
    ["not an image", "unsupported-image", 415, "/", { method: "POST", body: image(1) }],
    ["a truncated image", "corrupt-image", 422, "/", { method: "POST", body: image(2) }],
    ["too many pixels", "image-too-large", 422, "/", { method: "POST", body: image(3) }],
    ["a trap in the codec", "corrupt-image", 422, "/", { method: "POST", body: image(TRAP) }],
    ["a trap in the model", "internal-error", 500, "/", { method: "POST", body: image(0, POISON) }],
  ]) {
    test(`${what}: ${status} ${kind}`, async (t) => {
      t.mock.method(console, "error", () => {});
      const worker = create([files()], { maxBodyBytes: 100 });
      const response = await call(worker, path, init);
      assert.equal(response.status, status);
      const problem = await response.json();
      assert.equal(problem.type, `urn:wranglet:problem:${kind}`);
      assert.equal(problem.status, status);
      assert.equal((await post(worker, image(0, 1, 2, 3))).status, 200);
    });
  }

  test("a wrong method's Allow lists those that work", async () => {
    const response = await call(create(), "/", { method: "PUT", body: "x" });
    assert.equal(response.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
  });
});

describe("a Worker does not start", () => {
  for (const [what, models, message] of [
    ["without a model", [], /needs a model/],
    ["with two models of one name", [files(), files()], /two models are called "fake"/],
    ["with a model whose input is no image", [files({ inputs: [] })], /one input, an image/],
    ["with a model it does not understand", [files({ format: 2 })], /format 2/],
  ]) {
    test(what, () => assert.throws(() => create(models), message));
  }

  test("with an only model that can't be made ready; one of several waits for its first request", async (t) => {
    t.mock.method(console, "error", () => {});
    const wranglet_abi = { results: 1, body: op.const(2) };
    const module = new WebAssembly.Module(buildWasm({ ...modelFunctions, wranglet_abi }));
    const other = { manifest: manifest({ name: "other" }), module };
    assert.throws(() => create([other]), /ABI is 2/);
    const worker = create([files(), other]);
    assert.equal((await post(worker, image(0, 1, 2, 3))).status, 200);
    assert.equal((await post(worker, image(0, 1, 2, 3), "/other")).status, 500);
  });
});
