import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startWorker } from "wranglet/testing";

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

test("a Worker built outside the plugin's own workspace classifies a photo", async () => {
  const photo = process.env.PHOTOS.split(" ").find((file) => file.endsWith("/astronaut.jpg"));
  const answer = await worker.fetch("/classify", {
    method: "POST",
    body: await readFile(photo),
  });
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).label, "person");
});
