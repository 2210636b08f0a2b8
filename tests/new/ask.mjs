// Asks the project in the working folder once, by plain `wrangler dev`, then ends that:
//   node ask.mjs WRANGLER PATH PHOTO EXPECTED
// The answer must hold EXPECTED.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { startDevServer } from "../../worker-js/dev_server.mjs";

const [, , wrangler, path, photo, expected] = process.argv;
const server = await startDevServer([wrangler, "dev"]);
try {
  const response = await fetch(new URL(path, server.url), {
    method: "POST",
    body: readFileSync(photo),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.ok(text.includes(expected), text);
} finally {
  await server.stop();
}
