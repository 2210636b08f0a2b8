import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { external, manifest, modelFunctions, modelWasm, POISON, WEIGHTS_BIN } from "./fakes.mjs";
import { Model } from "./model.js";
import { Trap } from "./sandbox.js";
import { buildWasm, op } from "./wasm_builder.mjs";

const module = new WebAssembly.Module(modelWasm);
const model = () => new Model({ manifest: manifest(), module });
const build = (...built) => new WebAssembly.Module(buildWasm(...built));

describe("run", () => {
  test("copies the inputs in and the outputs out", () => {
    const running = model();
    const [first] = running.run([Uint8Array.of(1, 2, 3)]);
    running.run([Uint8Array.of(7, 8, 9)]);
    assert.deepEqual(first, Uint8Array.of(1, 2, 1), "not changed by the second run");
  });

  test("keeps the instance from run to run", () => {
    const running = model();
    const runs = [1, 2, 3].map(() => running.run([Uint8Array.of(1, 2, 3)])[0][2]);
    assert.deepEqual(runs, [1, 2, 3]);
  });

  test("after a trap the next run gets a new instance", () => {
    const running = model();
    running.run([Uint8Array.of(1, 2, 3)]);
    assert.throws(() => running.run([Uint8Array.of(POISON, 2, 3)]), Trap);
    assert.deepEqual(running.run([Uint8Array.of(1, 2, 3)]), [Uint8Array.of(1, 2, 1)]);
  });

  test("a pointer out of the memory is a trap, not a short read", () => {
    const outside = { ...modelFunctions.wranglet_output, body: op.const(65534) };
    const broken = new Model({
      manifest: manifest(),
      module: build({ ...modelFunctions, wranglet_output: outside }),
    });
    assert.throws(() => broken.run([Uint8Array.of(1, 2, 3)]), Trap);
  });

  test("refuses inputs of another size or number", () => {
    assert.throws(() => model().run([Uint8Array.of(1, 2)]), /\[3\] bytes, not \[2\]/);
    assert.throws(() => model().run([]), /\[3\] bytes, not \[\]/);
  });
});

describe("external weights", () => {
  test("are put into the memory before the first run, and again after a trap", () => {
    const weights = WEIGHTS_BIN.slice().buffer;
    const running = new Model({ manifest: manifest(external()), module, weights });
    const [expected] = [Uint8Array.of(1 + WEIGHTS_BIN[0], 2, 1)];
    assert.deepEqual(running.run([Uint8Array.of(1, 2, 3)]), [expected]);
    assert.throws(() => running.run([Uint8Array.of(POISON, 2, 3)]), Trap);
    assert.deepEqual(running.run([Uint8Array.of(1, 2, 3)]), [expected]);
  });

  test("that are fetched stream into the memory once, and again after unload", async () => {
    const running = new Model({ manifest: manifest(external()), module }, { isFetched: true });
    let opened = 0;
    const open = async () => (++opened, new Blob([WEIGHTS_BIN]).stream());
    assert.throws(() => running.run([Uint8Array.of(1, 2, 3)]), /only after its weights are loaded/);
    for (let round = 1; round <= 2; ++round) {
      await running.load(open);
      await running.load(open);
      assert.deepEqual(running.run([Uint8Array.of(1, 2, 3)]), [Uint8Array.of(6, 2, 1)]);
      assert.equal(opened, round);
      assert.equal(running.memoryBytes, 65536);
      running.unload();
      assert.ok(!running.isReady);
    }
  });

  for (const [what, weights] of [
    ["missing", undefined],
    ["of another size", new ArrayBuffer(3)],
  ]) {
    test(`are refused when ${what}`, () => {
      assert.throws(
        () => new Model({ manifest: manifest(external()), module, weights }),
        /external weights: expected 1 bytes/,
      );
    });
  }
});

describe("what does not belong together is refused", () => {
  test("another manifest format", () => {
    assert.throws(
      () => new Model({ manifest: manifest({ format: 2 }), module }),
      /format 2 is not 1/,
    );
  });

  test("another ABI, at its first use", () => {
    const wranglet_abi = { results: 1, body: op.const(2) };
    const other = new Model({
      manifest: manifest(),
      module: build({ ...modelFunctions, wranglet_abi }),
    });
    assert.throws(() => other.prepare(), /ABI is 2, not 1/);
  });

  test("a module that imports", () => {
    const importing = build(modelFunctions, { imports: ["clock"] });
    assert.throws(
      () => new Model({ manifest: manifest(), module: importing }),
      /must import nothing, but imports env.clock/,
    );
  });

  test("a module without the exports", () => {
    const { wranglet_infer, ...others } = modelFunctions;
    assert.throws(
      () => new Model({ manifest: manifest(), module: build(others) }),
      /lacks the exports wranglet_infer/,
    );
  });
});
