import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { manifest } from "./fakes.mjs";
import { problemResponse } from "./problem.js";
import { fillWeights, openWeights, sha256, WeightsError, weightsKey } from "./weights.js";

const BYTES = Uint8Array.of(1, 2, 3, 4, 5);
const described = manifest({
  name: "a b",
  weights: { storage: "external", bytes: BYTES.length, sha256: await sha256(BYTES) },
});
const KEY = `a b/${described.weights.sha256}.bin`;

async function* chunks(...parts) {
  yield* parts;
}

const fill = async (source, memory = new Uint8Array(BYTES.length)) => {
  await fillWeights(memory, described, async () => source);
  return memory;
};

test("SHA-256 of nothing is the standard's", async () => {
  assert.equal(
    await sha256(new Uint8Array(0)),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

describe("weights", () => {
  test("are put together from chunks", async () => {
    const parts = [BYTES.subarray(0, 2), BYTES.subarray(2, 2), BYTES.subarray(2)];
    assert.deepEqual(await fill(chunks(...parts)), BYTES);
  });

  for (const [what, source, log] of [
    ["too few", () => chunks(BYTES.subarray(1)), /have 4 bytes, not 5/],
    ["too many", () => chunks(BYTES, BYTES), /there are more bytes/],
    ["others", () => chunks(BYTES.toReversed()), /not those of the manifest/],
    [
      "broken off",
      async function* () {
        yield BYTES.subarray(0, 3);
        throw new Error("connection lost");
      },
      /broke off at byte 3: Error: connection lost/,
    ],
  ]) {
    test(`${what} are refused`, async () => {
      await assert.rejects(fill(source()), (error) => {
        assert.ok(error instanceof WeightsError);
        assert.match(error.log, log);
        return true;
      });
    });
  }

  test("that are missing are a 503 that tells only the log why", async (t) => {
    const logged = t.mock.method(console, "error", () => {});
    const response = problemResponse(new WeightsError("kv has no a/b.bin"));
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "5");
    assert.doesNotMatch(await response.text(), /kv/);
    assert.equal(logged.mock.calls[0].arguments[0], "kv has no a/b.bin");
  });
});

describe("a store", () => {
  const body = () => new Response(BYTES).body;
  const stores = {
    assets: {
      fetch: async ({ url }) =>
        decodeURIComponent(new URL(url).pathname) === `/${KEY}`
          ? new Response(BYTES)
          : new Response(null, { status: 404 }),
    },
    kv: { get: async (key, type) => (key === KEY && type === "stream" ? body() : null) },
    r2: { get: async (key) => (key === KEY ? { body: body() } : null) },
  };

  for (const [name, binding] of Object.entries(stores)) {
    test(`${name}: gives the weights by their hash`, async () => {
      assert.equal(weightsKey(described), KEY);
      const stream = await openWeights(name, { WEIGHTS: binding })(described);
      assert.deepEqual(await fill(stream), BYTES);
    });

    test(`${name}: has not another model's, or fails, or is not bound`, async () => {
      const other = manifest({ ...described, name: "other" });
      const open = (env) => openWeights(name, env);
      await assert.rejects(open({ WEIGHTS: binding })(other), { log: /were the weights uploaded/ });
      await assert.rejects(open({})(described), { log: /no binding WEIGHTS/ });
      const failing = Object.fromEntries(
        ["fetch", "get"].map((method) => [method, () => Promise.reject(new Error("down"))]),
      );
      await assert.rejects(open({ WEIGHTS: failing })(described), { log: /failed .* down/ });
    });
  }
});
