import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import { codecWasm, manifest, modelFunctions, modelWasm, writeWorker } from "./fakes.mjs";
import { breaches, folderNeeds, initialMemory, LIMITS } from "./limits.mjs";
import { buildWasm } from "./wasm_builder.mjs";

const scratch = mkdtempSync(path.join(tmpdir(), "wranglet-limits-test-"));
after(() => rmSync(scratch, { recursive: true }));

const MIB = 1024 * 1024;

/** A Worker's folder, with one more file of this many bytes. */
function folderWith(name, bytes) {
  const folder = mkdtempSync(path.join(scratch, "worker-"));
  writeWorker(folder, [manifest()]);
  const file = path.join(folder, "src", name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  truncateSync(file, bytes);
  return folder;
}

test("a memory is read from its module, with and without a maximum", () => {
  assert.equal(initialMemory(modelWasm), 65536);
  assert.equal(initialMemory(buildWasm(modelFunctions, { pages: 300 })), 300 * 65536);
  const maximum = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 5, 1, 1, 2, 0x80, 0x08]);
  assert.equal(initialMemory(maximum), 2 * 65536);
  assert.equal(initialMemory(maximum.subarray(0, 8)), 0);
});

test("needs are the modules' bytes, and with them the memories of codec and largest model", () => {
  const folder = folderWith("models/fake/weights.bin", 1000);
  const large = buildWasm(modelFunctions, { pages: 10 });
  mkdirSync(path.join(folder, "src/models/large"));
  writeFileSync(path.join(folder, "src/models/large/model.wasm"), large);
  const needs = folderNeeds(folder);
  assert.deepEqual(needs.largest, { name: "models/large/model.wasm", bytes: 10 * 65536 });
  assert.equal(needs.memory, needs.size + 10 * 65536 + initialMemory(codecWasm));
  assert.ok(needs.size > 1000 + large.length + modelWasm.length + codecWasm.length);
  assert.deepEqual(breaches(needs), []);
});

test("a Worker of more than 64 MiB is a breach that names the largest module", () => {
  const [breach, ...others] = breaches(
    folderNeeds(folderWith("models/fake/weights.bin", 64 * MIB)),
  );
  assert.match(breach, /modules are 64\.\d+ MiB, and Cloudflare takes 64 MiB/);
  assert.match(breach, /models\/fake\/weights\.bin, 64 MiB/);
  assert.deepEqual(others, []);
});

test("a model that needs more memory than there is is a breach", () => {
  const folder = folderWith("empty", 0);
  const pages = Math.ceil(LIMITS.memory / 65536);
  writeFileSync(path.join(folder, "src/models/fake/model.wasm"), buildWasm({}, { pages }));
  assert.match(
    breaches(folderNeeds(folder)).join(),
    /memory.* models\/fake\/model\.wasm alone has 128/,
  );
});

for (const settings of ["[assets]", "[[kv_namespaces]]"]) {
  test(`weights over 25 MiB in ${settings} are a breach`, () => {
    const folder = folderWith("../weights/fake/x.bin", 25 * MIB + 1);
    assert.deepEqual(breaches(folderNeeds(folder)), [], "R2 takes them");
    appendFileSync(path.join(folder, "wrangler.toml"), `${settings}\n`);
    assert.match(breaches(folderNeeds(folder)).join(), /weights fake\/x\.bin are 25\.01 MiB/);
  });
}

const check = (folder, report) => ["check_limits.mjs", "//:worker", folder, report];

test("the check fails with target, breach and page, and writes no report", () => {
  const report = path.join(scratch, "none.txt");
  const folder = folderWith("x.bin", 70 * MIB);
  const { status, stderr } = spawnSync(process.execPath, check(folder, report), {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stderr, /^\/\/:worker: its modules are 70\.\d+ MiB/);
  assert.match(stderr, /https:\/\/developers\.cloudflare\.com\/workers\/platform\/limits\//);
  assert.throws(() => readFileSync(report), /ENOENT/);
});

test("the check of a Worker within the limits reports its needs", () => {
  const report = path.join(scratch, "report.txt");
  execFileSync(process.execPath, check(folderWith("x.bin", MIB), report), {
    cwd: import.meta.dirname,
  });
  assert.match(readFileSync(report, "utf8"), /^size 1\.\d+ MiB of 64 MiB\nmemory, at least /);
});
