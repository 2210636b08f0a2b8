import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { writeFile } from "./fakes.mjs";

let place;
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), "wranglet-copy-test-"));
  for (const file of ["index.js", "network/model.wasm", "wranglet/model.js"]) {
    writeFile(path.join(place, "built", file), file);
  }
});
afterEach(() => rmSync(place, { recursive: true }));

/** Runs it for a user who stands in `place`. */
const copy = (...words) =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, "copy_library.mjs"), ...words], {
    encoding: "utf8",
    env: {
      ...process.env,
      WRANGLET_CALLER_DIRECTORY: place,
      WRANGLET_WORKER: path.join(place, "built"),
    },
  });

const text = (file) => readFileSync(path.join(place, file), "utf8");

test("a copy is made where the user stands, in new folders, and replaces an earlier one", () => {
  chmodSync(path.join(place, "built/index.js"), 0o444);
  assert.equal(copy("project/src/model").status, 0);
  assert.equal(text("project/src/model/network/model.wasm"), "network/model.wasm");
  writeFileSync(path.join(place, "project/src/model/index.js"), "of before");
  writeFileSync(path.join(place, "project/src/model/network/old.js"), "");
  assert.equal(copy("project/src/model").status, 0);
  assert.equal(text("project/src/model/index.js"), "index.js");
  assert.deepEqual(readdirSync(path.join(place, "project/src")), ["model"], "nothing is beside it");
  assert.deepEqual(readdirSync(path.join(place, "project/src/model/network")), ["model.wasm"]);
});

test("what the user has put beside a copy is not lost, nor a file of its name", () => {
  assert.equal(copy("src").status, 0);
  writeFile(path.join(place, "src/worker.ts"), "the user's");
  writeFile(path.join(place, "file"), "the user's");
  for (const [folder, kept] of [
    ["src", "src/worker.ts"],
    ["file", "file"],
  ]) {
    const { status, stderr } = copy(folder);
    assert.equal(status, 1);
    assert.match(stderr, /holds something else than a model_library; nothing is overwritten/);
    assert.equal(text(kept), "the user's");
  }
});

test("a folder with anything else stays as it is", () => {
  writeFile(path.join(place, "src/index.js"), "the user's");
  const { status, stderr } = copy("src");
  assert.equal(status, 1);
  assert.match(stderr, /src holds something else than a model_library/);
  assert.deepEqual(readdirSync(path.join(place, "src")), ["index.js"]);
});

test("without a folder it tells how to call it", () => {
  assert.equal(copy().status, 2);
});
