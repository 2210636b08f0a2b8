// A Worker behind a token and a rate limit, in workerd, by wrangler.toml's own bindings.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { startWorker } from "wranglet/testing";

const TOKEN = "correct-horse-battery-staple";
const LIMIT = 10;
const photo = readFileSync(
  process.env.PHOTOS.split(" ").find((file) => path.basename(file) === "astronaut.jpg"),
);

let worker;
before(async () => {
  worker = await startWorker(undefined, { options: { bindings: { WRANGLET_TOKEN: TOKEN } } });
});
after(() => worker?.stop());

const classify = (headers = {}, body = photo) =>
  worker.fetch("/classify", { method: "POST", body, headers });
const authorization = `Bearer ${TOKEN}`;

test("wrangler.toml limits the CPU time", () => {
  const config = readFileSync(path.join(process.env.WRANGLET_WORKER, "wrangler.toml"), "utf8");
  assert.match(config, /^\[limits\]\ncpu_ms = 50$/m);
});

test("who has no token is refused, who has it is served, until the rate limit is reached", async () => {
  assert.equal((await classify()).status, 401);
  assert.equal((await classify({ authorization: "Bearer guess" })).status, 401);
  const served = await classify({ authorization, origin: "https://shop.example" });
  assert.equal(served.status, 200);
  assert.equal(served.headers.get("access-control-allow-origin"), "https://shop.example");
  const large = await classify({ authorization }, new Uint8Array(2 ** 20 + 1));
  assert.equal(large.status, 413);
  const statuses = [];
  for (let i = 0; i <= LIMIT; ++i) statuses.push((await classify({ authorization })).status);
  assert.equal(statuses.at(-1), 429);
  assert.equal((await worker.fetch("/v2/health/live")).status, 200, "which is never counted");
});

test("without the secret it is closed", async () => {
  const open = await startWorker();
  try {
    const init = { method: "POST", body: photo, headers: { authorization: "Bearer " } };
    assert.equal((await open.fetch("/classify", init)).status, 500);
  } finally {
    await open.stop();
  }
});
