// The Open Inference Protocol (V2 Inference Protocol), as KServe publishes it, and its binary tensor data extension.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { assertProblem, call, create, files, image, post } from "./fake_service.mjs";

const VERSION = "0123456789abcdef";
const INFER = "/v2/models/fake/infer";
const INPUT = { name: "image", shape: [1, 1, 1, 3], datatype: "INT8" };
const get = async (worker, path) => (await call(worker, path)).json();
const infer = (worker, request, path = INFER) =>
  call(worker, path, {
    method: "POST",
    body: JSON.stringify(request),
    headers: { "content-type": "application/json" },
  });

/** A request whose tensors follow its JSON. */
function binary(worker, request, ...tensors) {
  const head = Buffer.from(JSON.stringify(request));
  return call(worker, INFER, {
    method: "POST",
    body: Buffer.concat([head, ...tensors]),
    headers: { "inference-header-content-length": String(head.length) },
  });
}

describe("health and metadata", () => {
  test("$live_server_response, $ready_server_response and $ready_model_response", async () => {
    assert.deepEqual(await get(create(), "/v2/health/live"), { live: true });
    assert.deepEqual(await get(create(), "/v2/health/ready"), { ready: true });
    for (const path of ["/v2/models/fake/ready", `/v2/models/fake/versions/${VERSION}/ready`]) {
      assert.deepEqual(await get(create(), path), { name: "fake", ready: true });
    }
  });

  test("$metadata_server_response", async () => {
    assert.deepEqual(await get(create([files()], { name: "w" }), "/v2"), {
      name: "w",
      version: VERSION,
      extensions: ["binary_tensor_data"],
    });
  });

  test("$metadata_model_response, with what quantised numbers stand for", async () => {
    for (const path of ["/v2/models/fake", `/v2/models/fake/versions/${VERSION}`]) {
      assert.deepEqual(await get(create(), path), {
        name: "fake",
        versions: [VERSION],
        platform: "wranglet_wasm",
        inputs: [{ ...INPUT, parameters: { scale: 1, zero_point: 0 } }],
        outputs: [
          {
            name: "scores",
            shape: [1, 3],
            datatype: "INT8",
            parameters: { scale: 0.5, zero_point: 0 },
          },
        ],
      });
    }
  });
});

describe("infer", () => {
  const OUTPUT = { name: "scores", datatype: "INT8", shape: [1, 3] };

  test("JSON in and out, nested or flat, with the request's id", async () => {
    for (const data of [[8, -2, 3], [[[[8, -2, 3]]]]]) {
      const response = await infer(create(), { id: "x1", inputs: [{ ...INPUT, data }] });
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), {
        id: "x1",
        model_name: "fake",
        model_version: VERSION,
        outputs: [{ ...OUTPUT, data: [8, -2, 1] }],
      });
    }
  });

  test("binary in, JSON out", async () => {
    const input = { ...INPUT, parameters: { binary_data_size: 3 } };
    const response = await binary(create(), { inputs: [input] }, Uint8Array.of(8, 254, 3));
    assert.deepEqual((await response.json()).outputs, [{ ...OUTPUT, data: [8, -2, 1] }]);
  });

  for (const [what, wanted] of [
    ["for all", { parameters: { binary_data_output: true } }],
    ["for one", { outputs: [{ name: "scores", parameters: { binary_data: true } }] }],
  ]) {
    test(`binary out, asked ${what}`, async () => {
      const inputs = [{ ...INPUT, data: [8, -2, 3] }];
      const response = await infer(create(), { inputs, ...wanted });
      const body = Buffer.from(await response.arrayBuffer());
      const length = Number(response.headers.get("inference-header-content-length"));
      assert.deepEqual(JSON.parse(body.subarray(0, length)).outputs, [
        { ...OUTPUT, parameters: { binary_data_size: 3 } },
      ]);
      assert.deepEqual([...body.subarray(length)], [8, 254, 1]);
    });
  }

  test("an output may decline what is asked for all, and none may be wanted", async () => {
    const inputs = [{ ...INPUT, data: [8, -2, 3] }];
    const parameters = { binary_data_output: true };
    const declined = [{ name: "scores", parameters: { binary_data: false } }];
    const answers = [
      await infer(create(), { inputs, parameters, outputs: declined }),
      await infer(create(), { inputs, outputs: [] }),
    ];
    const outputs = await Promise.all(answers.map(async (answer) => (await answer.json()).outputs));
    assert.deepEqual(outputs, [[{ ...OUTPUT, data: [8, -2, 1] }], []]);
  });

  test("every dtype goes in and out", async () => {
    for (const [dtype, datatype, values] of [
      ["uint8", "UINT8", [255, 0, 7]],
      ["int16", "INT16", [-32768]],
      ["int32", "INT32", [-2147483648]],
      ["int64", "INT64", [-9007199254740991]],
      ["float32", "FP32", [0.5]],
    ]) {
      const { decodeTensor, encodeTensor } = await import("./inference_tensors.js");
      const spec = { name: "t", shape: [values.length], dtype };
      const input = { name: "t", shape: spec.shape, datatype, data: values };
      const bytes = decodeTensor(input, spec);
      assert.deepEqual(encodeTensor({ spec, bytes, isBinary: false }), input);
    }
  });
});

describe("requests that are refused, and the next one is served", () => {
  const data = [1, 2, 3];
  const one = (changes) => ({ inputs: [{ ...INPUT, data, ...changes }] });
  for (const [what, request, path = INFER] of [
    ["null", null],
    ["no inputs", {}],
    ["too few inputs", { inputs: [] }],
    ["an input twice", { inputs: [...one().inputs, ...one().inputs] }],
    ["no object as an input", { inputs: [null] }],
    ["another name", one({ name: "other" })],
    ["another shape", one({ shape: [3] })],
    ["no shape", one({ shape: undefined })],
    ["another datatype", one({ datatype: "FP32" })],
    ["too few numbers", one({ data: [1, 2] })],
    ["no numbers", one({ data: undefined })],
    ["a number that does not fit", one({ data: [1, 2, 128] })],
    ["a fraction", one({ data: [1, 2, 0.5] })],
    ["a word", one({ data: [1, 2, "3"] })],
    ["null as a number", one({ data: [1, 2, null] })],
    ["an unknown output", { ...one(), outputs: [{ name: "other" }] }],
    ["an output twice", { ...one(), outputs: [{ name: "scores" }, { name: "scores" }] }],
    ["outputs that are no array", { ...one(), outputs: "scores" }],
    ["bytes that do not follow", one({ parameters: { binary_data_size: 3 } })],
    ["a negative size", one({ parameters: { binary_data_size: -3 } })],
    ["a size that is a word", one({ parameters: { binary_data_size: "all" } })],
  ]) {
    test(what, async () => {
      const worker = create();
      await assertProblem(await infer(worker, request, path), 400, "bad-request");
      assert.equal((await post(worker, image(0, 1, 2, 3))).status, 200);
    });
  }

  test("a body that is no JSON, or no UTF-8", async () => {
    for (const body of ["{", Uint8Array.of(0x22, 0xff, 0x22)]) {
      const response = await call(create(), INFER, { method: "POST", body });
      await assertProblem(response, 400, "bad-request");
    }
  });

  test("JSON longer than the body, or followed by bytes that no input has", async () => {
    const body = JSON.stringify(one());
    for (const length of ["1000", "-1", "x", String(body.length - 1)]) {
      const headers = { "inference-header-content-length": length };
      const response = await call(create(), INFER, { method: "POST", body, headers });
      await assertProblem(response, 400, "bad-request");
    }
    await assertProblem(await binary(create(), one(), Buffer.alloc(1)), 400, "bad-request");
  });

  test("an unknown model or version", async () => {
    for (const path of [
      "/v2/models/none/infer",
      "/v2/models/fake/versions/1/infer",
      "/v2/models/fake/versions/1",
    ]) {
      const init = path.endsWith("infer") ? { method: "POST", body: JSON.stringify(one()) } : {};
      await assertProblem(await call(create(), path, init), 404, "not-found");
    }
  });
});
