// What NAME.dev and NAME.deploy do: wrangler takes the folder, read-only as Bazel's outputs are, and leaves nothing
// behind; and `//:wrangler`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

import { startDevServer } from "./dev_server.mjs";
import { external, image, manifest, writeWorker } from "./fakes.mjs";
import { copyFolder } from "./folders.mjs";

const scratch = mkdtempSync(path.join(tmpdir(), "wranglet-wrangler-test-"));
const folder = path.join(scratch, "worker");
const workspace = path.join(scratch, "workspace");
before(() => {
  const models = [manifest(), manifest({ ...external(), name: "heavy" })];
  writeWorker(folder, models, { auth: "bearer" });
  mkdirSync(path.join(workspace, "service"), { recursive: true });
  writeFileSync(path.join(workspace, "service/.dev.vars"), 'WRANGLET_TOKEN = "sesame"\n');
  chmodSync(folder, 0o555);
});
after(() => {
  chmodSync(folder, 0o755);
  rmSync(scratch, { recursive: true });
});

const program = path.join(import.meta.dirname, "wrangler.mjs");
// HOME, where wrangler writes of what runs on this machine, which a sandbox may forbid.
const environment = {
  ...process.env,
  BUILD_WORKSPACE_DIRECTORY: workspace,
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  HOME: scratch,
  TMPDIR: scratch,
  WRANGLET_PACKAGE: "service",
  WRANGLET_WORKER: folder,
};

/** What wrangler.mjs has left in its folder for temporary files. */
const leftovers = () => readdirSync(scratch).filter((name) => name.startsWith("wranglet-"));

test("`deploy --dry-run` tells costs against the limits, and wrangler takes the folder", async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [program, "deploy", "--dry-run"],
    { env: environment },
  );
  for (const module of ["wranglet/image.wasm", "models/heavy/weights.bin", "wranglet/worker.js"]) {
    assert.ok(stdout.includes(module), module);
  }
  assert.doesNotMatch(stdout + stderr, /warning/i);
  assert.match(stdout, /limit .*this Worker .*Cloudflare, free plan/);
  assert.match(stdout, /^size .* MiB +64 MiB$/m);
  assert.match(stdout, /^start-up .* ms +1,000 ms$/m);
  assert.deepEqual(leftovers(), []);
});

test("`deploy` measures a Worker with a binding to another Worker, and with a class of its own", async () => {
  const bound = path.join(scratch, "bound");
  const services = '\n[[services]]\nbinding = "AUTH"\nservice = "auth"\n';
  const objects = '\n[[durable_objects.bindings]]\nname = "ROOM"\nclass_name = "Room"\n';
  const migration = '\n[[migrations]]\ntag = "v1"\nnew_sqlite_classes = ["Room"]\n';
  writeWorker(bound, [manifest()], {}, services + objects + migration);
  const { stdout } = await promisify(execFile)(process.execPath, [program, "deploy", "--dry-run"], {
    env: { ...environment, WRANGLET_WORKER: bound },
  });
  assert.match(stdout, /^start-up .* ms +1,000 ms$/m);
  assert.match(stdout, /AUTH/);
});

test("`dev` serves, with the secrets of .dev.vars, until it is told to end; then no process is left", async () => {
  const mark = `WRANGLET_MARK=${process.pid}-${Date.now()}`;
  const server = await startDevServer([program, "dev"], {
    env: { ...environment, ...Object.fromEntries([mark.split("=")]) },
  });
  try {
    const answer = await fetch(new URL("/classify", server.url), {
      method: "POST",
      body: image(0, 8, 2, 3),
      headers: { authorization: "Bearer sesame" },
    });
    assert.equal((await answer.json()).classes[0].label, "cat");
    assert.ok(marked(mark).length > 1, "wrangler and workerd run, and are seen here");
  } finally {
    await server.stop();
  }
  // workerd may take a moment after its parent.
  for (let i = 0; i < 100 && marked(mark).length > 0; ++i) await wait(50);
  assert.deepEqual(marked(mark), []);
  assert.deepEqual(leftovers(), []);
});

test("`//:wrangler` runs where the caller stands, and fails as wrangler does", async () => {
  const here = path.join(scratch, "here");
  copyFolder(folder, here);
  const env = { ...environment, WRANGLET_CALLER_DIRECTORY: here };
  const run = (...args) =>
    promisify(execFile)(
      process.execPath,
      [path.join(import.meta.dirname, "run_wrangler.mjs"), ...args],
      { env },
    );
  const { stdout } = await run("deploy", "--dry-run");
  assert.ok(stdout.includes("models/heavy/weights.bin"));
  await assert.rejects(run("no-such-command"), { code: 1 });
});

/** The processes that have this in their environment. */
function marked(mark) {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, "latin1").split("\0").includes(mark);
    } catch {
      return false; // it has just ended, or is another user's
    }
  });
}
