import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { assertProblem, call, create, files, image, post } from "./fake_service.mjs";
import { manifest, modelFunctions, POISON, TRAP } from "./fakes.mjs";
import { buildWasm, op } from "./wasm_builder.mjs";

describe("POST /classify", () => {
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
    assert.equal(
      response.headers.get("server-timing"),
      `decode;dur=${timing.decode}, load;dur=${timing.load}, infer;dur=${timing.infer}`,
    );
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  });

  test("lists as many classes as ?top= says, or the option", async () => {
    const labels = async (worker, path) =>
      (await (await post(worker, image(0, 8, 2, 3), path)).json()).classes.map(
        ({ label }) => label,
      );
    assert.deepEqual(await labels(create(), "/classify?top=2"), ["cat", "dog"]);
    assert.deepEqual(await labels(create([files()], { top: 1 }), "/classify"), ["cat"]);
    assert.equal((await labels(create(), "/classify?top=1000")).length, 3);
  });

  test("is the first model's answer, at /classify/NAME that model's", async () => {
    const worker = create([files({ name: "one" }), files({ name: "the other" })]);
    for (const [path, model] of [
      ["/classify", "one"],
      ["/classify/one", "one"],
      ["/classify/the%20other", "the other"],
    ]) {
      const answer = await (await post(worker, image(0, 1, 2, 3), path)).json();
      assert.equal(answer.model, model, path);
    }
  });

  test("takes an image under any image's type, in a form, and the tensor itself", async () => {
    const worker = create();
    const form = new FormData();
    form.set("image", new Blob([image(0, 8, 2, 3)]), "cat.jpg");
    for (const [what, body, type] of [
      ["jpeg", image(0, 8, 2, 3), "image/jpeg"],
      ["a parameter", image(0, 8, 2, 3), "IMAGE/png; q=1"],
      ["octets", image(0, 8, 2, 3), "application/octet-stream"],
      ["a form", form, undefined],
      ["a tensor", Uint8Array.of(8, 2, 3), "application/vnd.wranglet.tensor"],
    ]) {
      const headers = type ? { "content-type": type } : {};
      const response = await call(worker, "/classify", { method: "POST", body, headers });
      assert.equal(response.status, 200, what);
      assert.equal((await response.json()).score, 4, what);
    }
  });
});

describe("what is the same until the next deployment", () => {
  test("GET / describes models, limits and how to call them", async () => {
    const worker = create([files(), files({ name: "second", labels: undefined })], { name: "w" });
    const { usage, ...description } = await (await call(worker, "/")).json();
    assert.match(usage.classify, /curl/);
    const tensors = {
      inputs: [{ name: "image", shape: [1, 1, 1, 3], dtype: "int8", scale: 1, zeroPoint: 0 }],
      outputs: [
        {
          name: "scores",
          shape: [1, 3],
          dtype: "int8",
          scale: 0.5,
          zeroPoint: 0,
          kind: "probabilities",
        },
      ],
    };
    const model = { version: "0123456789abcdef", precision: "int8", ...tensors };
    const pixels = { width: 1, height: 1, color: "rgb", crop: "center" };
    assert.deepEqual(description, {
      name: "w",
      version: "0123456789abcdef-0123456789abcdef",
      models: [
        {
          name: "fake",
          ...model,
          paths: ["/classify", "/classify/fake"],
          image: pixels,
          labels: 3,
        },
        { name: "second", ...model, paths: ["/classify/second"], image: pixels, labels: 0 },
      ],
      limits: { bodyBytes: 20971520, bodySeconds: 30, pixels: 50000000 },
    });
  });

  for (const path of ["/", "/v2", "/v2/models/fake"]) {
    test(`${path}: has an ETag, by which a client is spared the body`, async () => {
      const worker = create();
      const first = await call(worker, path);
      assert.equal(first.headers.get("cache-control"), "no-cache");
      const etag = first.headers.get("etag");
      for (const value of [etag, `"x", W/${etag}`, "*"]) {
        const again = await call(worker, path, { headers: { "if-none-match": value } });
        assert.equal(again.status, 304, value);
        assert.equal(again.headers.get("etag"), etag);
        assert.equal(await again.text(), "");
      }
      const other = await call(worker, path, { headers: { "if-none-match": '"other"' } });
      assert.equal(other.status, 200);
    });

    test(`${path}: HEAD has GET's headers and no body`, async () => {
      const [get, head] = [
        await call(create(), path),
        await call(create(), path, { method: "HEAD" }),
      ];
      assert.deepEqual([...head.headers], [...get.headers]);
      assert.equal(head.status, 200);
      assert.equal(await head.text(), "");
    });
  }
});

test("a browser gets the page at /, unless it is off or there is a token to ask for", async () => {
  const accept = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };
  const worker = create([
    files(),
    files({ name: "other", inputs: [{ ...files().manifest.inputs[0], image: undefined }] }),
  ]);
  const response = await call(worker, "/", accept);
  assert.match(response.headers.get("content-type"), /^text\/html/);
  const html = await response.text();
  assert.match(html, /\/classify\/fake/);
  assert.doesNotMatch(html, /\/classify\/other/, "which takes no images");
  const etag = response.headers.get("etag");
  const again = await call(worker, "/", { headers: { ...accept.headers, "if-none-match": etag } });
  assert.equal(again.status, 304);
  for (const [options, status] of [
    [{ page: false }, 200],
    [{ auth: "bearer" }, 401],
  ]) {
    const other = await call(create([files()], options), "/", accept, { WRANGLET_TOKEN: "t" });
    assert.equal(other.status, status);
    assert.match(other.headers.get("content-type"), /json/);
  }
});

describe("problems, and the next request is served", () => {
  const posted = (body, headers = {}) => ({ method: "POST", body, headers });
  const form = new FormData();
  form.set("picture", new Blob(["x"]), "x.jpg");
  for (const [what, kind, status, path, init] of [
    ["a wrong method", "method-not-allowed", 405, "/classify", { method: "DELETE" }],
    ["a method named like a property", "method-not-allowed", 405, "/", { method: "toString" }],
    ["an unknown path", "not-found", 404, "/none", posted("x")],
    ["a deeper path", "not-found", 404, "/classify/fake/x", posted("x")],
    ["a path that is no UTF-8", "not-found", 404, "/classify/%ff", posted("x")],
    ["an unknown model", "not-found", 404, "/classify/none", posted("x")],
    ["a property's name", "not-found", 404, "/classify/__proto__", posted("x")],
    ["no count in ?top=", "bad-request", 400, "/classify?top=0", posted(image(0))],
    ["a fraction in ?top=", "bad-request", 400, "/classify?top=1.5", posted(image(0))],
    ["a word in ?top=", "bad-request", 400, "/classify?top=all", posted(image(0))],
    ["an empty body", "empty-body", 400, "/classify", { method: "POST" }],
    ["too many bytes", "body-too-large", 413, "/classify", posted(new Uint8Array(401))],
    [
      "curl's type for forms",
      "unsupported-media-type",
      415,
      "/classify",
      posted("x", { "content-type": "application/x-www-form-urlencoded" }),
    ],
    ["a form without the field", "bad-request", 400, "/classify", posted(form)],
    [
      "a form that is none",
      "bad-request",
      400,
      "/classify",
      posted("x", { "content-type": "multipart/form-data" }),
    ],
    [
      "a tensor of another size",
      "bad-request",
      400,
      "/classify",
      posted("x", { "content-type": "application/vnd.wranglet.tensor" }),
    ],
    ["not an image", "unsupported-image", 415, "/classify", posted(image(1))],
    ["a truncated image", "corrupt-image", 422, "/classify", posted(image(2))],
    ["too many pixels", "image-too-large", 422, "/classify", posted(image(3))],
    ["a trap in the codec", "corrupt-image", 422, "/classify", posted(image(TRAP))],
    ["a trap in the model", "internal-error", 500, "/classify", posted(image(0, POISON, 0, 0))],
  ]) {
    test(`${what}: ${status} ${kind}`, async (t) => {
      t.mock.method(console, "error", () => {});
      const worker = create([files()], { body: { bytes: 400, seconds: 30 } });
      await assertProblem(await call(worker, path, init), status, kind);
      assert.equal((await post(worker, image(0, 1, 2, 3))).status, 200);
    });
  }

  test("a body that takes too long: 408, and its sender's connection is not waited for", async () => {
    const worker = create([files()], { body: { bytes: 400, seconds: 0.05 } });
    const slow = new ReadableStream({ start: (controller) => controller.enqueue(image(0, 1)) });
    const response = await call(worker, "/classify", {
      method: "POST",
      body: slow,
      duplex: "half",
    });
    await assertProblem(response, 408, "body-too-slow");
  });

  test("a wrong method's Allow lists those that work", async () => {
    for (const [path, allow] of [
      ["/", "GET, HEAD, OPTIONS"],
      ["/classify", "POST, OPTIONS"],
    ]) {
      const response = await call(create(), path, { method: "PUT", body: "x" });
      assert.equal(response.headers.get("allow"), allow);
    }
  });

  test("nothing of a request is in its problem", async () => {
    const secret = "s3cret";
    const init = { method: "POST", body: secret, headers: { "content-type": secret } };
    for (const path of [`/${secret}`, `/classify/${secret}`, `/classify?top=${secret}`]) {
      const text = await (await call(create(), path, init)).text();
      assert.doesNotMatch(text, /s3cret/, path);
    }
  });
});

describe("a Worker does not start", () => {
  for (const [what, models, message, options] of [
    ["without a model", [], /needs a model/],
    ["with two models of one name", [files(), files()], /two models are called "fake"/],
    ["with a model without an input", [files({ inputs: [] })], /must have an input/],
    ["with a model it does not understand", [files({ format: 2 })], /format 2/],
    ["with a budget that is too small", [files()], /more than the budget/, { memoryBudget: 1000 }],
    ["with weights in a place it does not know", [files()], /is none of/, { weights: "ftp" }],
  ]) {
    test(what, () => assert.throws(() => create(models, options), message));
  }

  test("with an only model that can't be made ready; one of several waits for its first request", async (t) => {
    t.mock.method(console, "error", () => {});
    const wranglet_abi = { results: 1, body: op.const(2) };
    const module = new WebAssembly.Module(buildWasm({ ...modelFunctions, wranglet_abi }));
    const other = { manifest: manifest({ name: "other" }), module };
    assert.throws(() => create([other]), /ABI is 2/);
    const worker = create([files(), other]);
    assert.equal((await post(worker, image(0, 1, 2, 3))).status, 200);
    assert.equal((await post(worker, image(0, 1, 2, 3), "/classify/other")).status, 500);
  });
});

test("classify() answers a service binding as POST /classify does", async () => {
  const worker = create([files(), files({ name: "other" })]);
  for (const body of [
    image(0, 8, 2, 3),
    image(0, 8, 2, 3).buffer,
    new Blob([image(0, 8, 2, 3)]).stream(),
  ]) {
    const answer = await worker.classify(body, { model: "other", top: 1 });
    assert.equal(answer.model, "other");
    assert.deepEqual(answer.classes, [{ label: "cat", index: 0, score: 4 }]);
  }
  await assert.rejects(worker.classify(image(0), { model: "none" }), /GET \/ tells/);
});

test("/metrics counts requests by route and status, inferences and traps, unless it is off", async (t) => {
  t.mock.method(console, "error", () => {});
  const worker = create();
  await post(worker, image(0, 1, 2, 3));
  await post(worker, image(0, POISON, 0, 0));
  await post(worker, "x", "/classify/none");
  await call(worker, "/nowhere");
  const response = await call(worker, "/metrics");
  assert.match(response.headers.get("content-type"), /^text\/plain; version=0.0.4/);
  const lines = (await response.text()).split("\n");
  for (const line of [
    'wranglet_requests_total{route="/classify",status="200"} 1',
    'wranglet_requests_total{route="/classify",status="500"} 1',
    'wranglet_requests_total{route="/classify/:model",status="404"} 1',
    'wranglet_requests_total{route="none",status="404"} 1',
    'wranglet_inferences_total{model="fake"} 1',
    'wranglet_traps_total{module="fake"} 1',
    "# TYPE wranglet_models_ready gauge",
    "wranglet_models_ready 0",
  ]) {
    assert.ok(lines.includes(line), line);
  }
  assert.equal((await call(create([files()], { metrics: false }), "/metrics")).status, 404);
});
