// Weights outside of the Worker's modules, in workerd: they come from where wrangler_worker says, and are uploaded
// there by the target's .upload.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { startWorker } from "wranglet/testing";

const folder = process.env.WRANGLET_WORKER;
const isUploaded = !/^\[assets\]/m.test(readFileSync(path.join(folder, "wrangler.toml"), "utf8"));
const photo = readFileSync(
  process.env.PHOTOS.split(" ").find((file) => path.basename(file) === "astronaut.jpg"),
);

const store = mkdtempSync(path.join(tmpdir(), "wranglet-store-test-"));
after(() => rmSync(store, { recursive: true }));

/** Starts the Worker with what was uploaded to `store`. */
const start = (persist = store) =>
  startWorker(folder, { options: { resourcePersistencePath: path.join(persist, "v3") } });

const classify = (worker) => worker.fetch("/classify", { method: "POST", body: photo });

test("the weights are not among the modules, and their name is their SHA-256", () => {
  assert.ok(!existsSync(path.join(folder, "src/models/person/weights.bin")));
  const [name] = readdirSync(path.join(folder, "weights/person"));
  assert.match(name, /^[0-9a-f]{64}\.bin$/);
});

test(
  "before the upload: 503, the log says what is missing, and health is served",
  { skip: !isUploaded && "assets come with the Worker" },
  async () => {
    const worker = await start(path.join(store, "empty"));
    try {
      const response = await classify(worker);
      assert.equal(response.status, 503);
      assert.match(response.headers.get("retry-after"), /^\d+$/);
      assert.equal((await response.json()).type, "urn:wranglet:problem:model-unavailable");
      assert.ok(worker.logs.some((line) => /were the weights uploaded/.test(line)));
      assert.equal((await worker.fetch("/v2/health/live")).status, 200);
    } finally {
      await worker.stop();
    }
  },
);

describe("with the weights there", () => {
  let worker;
  before(async () => {
    if (isUploaded) {
      await promisify(execFile)(process.execPath, [
        process.env.UPLOAD,
        "--local",
        "--persist-to",
        store,
      ]);
    }
    worker = await start();
  });
  after(() => worker?.stop());

  test("many requests at once are answered, by one load", async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => classify(worker)));
    for (const response of responses) {
      assert.equal(response.status, 200);
      assert.equal((await response.json()).label, "person");
    }
    const metrics = await (await worker.fetch("/metrics")).text();
    assert.match(metrics, /^wranglet_model_loads_total\{model="person"\} 1$/m);
    assert.match(metrics, /^wranglet_models_ready 1$/m);
  });

  test("nobody else gets them", async () => {
    const [name] = readdirSync(path.join(folder, "weights/person"));
    assert.equal((await worker.fetch(`/person/${name}`)).status, 404);
  });
});
