// Runs a GoogleTest program that was compiled to WebAssembly, under Node.js's WASI; passes when it does.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { WASI } from "node:wasi";

test(process.env.WRANGLET_PROGRAM, async () => {
  const wasi = new WASI({ version: "preview1", args: ["test"], returnOnExit: true });
  const module = await WebAssembly.compile(await readFile(process.env.WRANGLET_PROGRAM));
  const imports = { wasi_snapshot_preview1: wasi.wasiImport, env: {} };
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    if (space === "env") {
      imports.env[name] = () => {};
    }
  }
  const instance = await WebAssembly.instantiate(module, imports);
  assert.equal(wasi.start(instance), 0, "the program's exit status");
});
