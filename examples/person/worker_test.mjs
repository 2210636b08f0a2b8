// The person Worker in workerd: it answers what the host answers, refuses what it must, and goes on serving.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { startWorker, workerSizes } from "wranglet/testing";

const photos = process.env.PHOTOS.split(" ");
const answers = readFileSync(process.env.ANSWERS, "utf8").trim().split("\n").map(JSON.parse);
const photo = (name) => readFileSync(photos.find((file) => path.basename(file) === name));

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

const post = (body, headers = {}) => worker.fetch("/classify", { method: "POST", body, headers });

/** Asserts an RFC 9457 problem of this status, and that a photo is classified right after it. */
async function assertProblem(response, status) {
  assert.equal(response.status, status);
  assert.match(response.headers.get("content-type"), /^application\/problem\+json/);
  const problem = await response.json();
  assert.equal(problem.status, status);
  assert.ok(problem.title.length > 0);
  const next = await post(photo("astronaut.jpg"));
  assert.equal(next.status, 200, "the next request is served");
  await next.arrayBuffer();
}

describe("answers", () => {
  assert.equal(answers.length, photos.length, "one answer of the host for each photo");
  for (const expected of answers) {
    const name = path.basename(expected.file);
    test(`${name}: the same classes and scores as on the host`, async () => {
      const response = await post(photo(name));
      assert.equal(response.status, 200);
      const answer = await response.json();
      assert.deepEqual(
        answer.classes.map(({ label, score }) => ({ label, score })),
        expected.classes.map(({ label, score }) => ({ label, score })),
      );
      assert.equal(answer.label, expected.classes[0].label);
      assert.equal(answer.score, expected.classes[0].score);
      assert.ok("timing" in answer);
    });
  }

  test("an astronaut is a person, a cup is none", async () => {
    assert.equal((await (await post(photo("astronaut.jpg"))).json()).label, "person");
    assert.equal((await (await post(photo("coffee.jpg"))).json()).label, "no person");
  });
});

describe("output tensors", () => {
  const deployed = (file) => path.join(process.env.WRANGLET_WORKER, "src", file);
  const compile = (file) => WebAssembly.compile(readFileSync(deployed(file)));

  test("the deployed modules compute the bytes that the host computes", async () => {
    const { Model } = await import(deployed("wranglet/model.js"));
    const { ImageCodec, ImageInput } = await import(deployed("wranglet/image.js"));
    const { default: manifest } = await import(deployed("models/person/manifest.js"));
    const model = new Model({ manifest, module: await compile("models/person/model.wasm") });
    const codec = new ImageCodec(await compile("wranglet/image.wasm"));
    const input = new ImageInput(manifest.inputs[0]);
    for (const { file, output } of answers) {
      const [bytes] = model.run([codec.convert(photo(path.basename(file)), input)]);
      assert.equal(Buffer.from(bytes).toString("base64"), output, file);
    }
  });

  test("a module imports nothing", async () => {
    for (const file of ["models/person/model.wasm", "wranglet/image.wasm"]) {
      assert.deepEqual(WebAssembly.Module.imports(await compile(file)), [], file);
    }
  });
});

test("the Worker is under 500 KB without the image codec, the module under 80 KB without weights", async () => {
  const sizes = await workerSizes(process.env.WRANGLET_WORKER);
  const { "Worker without the image codec": rest, "person: wasm, of this all else": code } =
    Object.fromEntries(sizes.map(({ what, raw }) => [what, raw]));
  assert.ok(rest > 300_000 && rest < 500_000, `${rest} bytes`);
  assert.ok(code > 20_000 && code < 80_000, `${code} bytes`);
});

describe("description", () => {
  test("GET / tells what this Worker does", async () => {
    const response = await worker.fetch("/");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type"), /^application\/json/);
    assert.match(JSON.stringify(await response.json()), /person/);
  });
});

describe("problems", () => {
  test("a wrong method is 405 and names those allowed", async () => {
    const response = await worker.fetch("/classify", { method: "DELETE" });
    assert.match(response.headers.get("allow"), /POST/);
    await assertProblem(response, 405);
  });

  test("an unknown path is 404", async () => {
    await assertProblem(await worker.fetch("/no-such-model", { method: "POST", body: "x" }), 404);
  });

  test("an empty body is 400", async () => {
    await assertProblem(await post(new Uint8Array(0)), 400);
  });

  test("what is not a JPEG is 415", async () => {
    await assertProblem(await post("this is no photo"), 415);
  });

  test("a truncated JPEG is 422", async () => {
    const whole = photo("coffee.jpg");
    await assertProblem(await post(whole.subarray(0, whole.length / 2)), 422);
  });

  test("a body over 20 MB is 413", async () => {
    await assertProblem(await post(new Uint8Array(20 * 1024 * 1024 + 1)), 413);
  });

  test("a photo over 50 megapixels is 422", async () => {
    await assertProblem(await post(withSize(photo("coffee.jpg"), 9000, 9000)), 422);
  });
});

/** The JPEG with another width and height written in its frame header. */
function withSize(jpeg, width, height) {
  const bytes = Uint8Array.from(jpeg);
  for (let at = 2; at < bytes.length;) {
    const marker = bytes[at + 1];
    if (marker === 0xc0 || marker === 0xc2) {
      new DataView(bytes.buffer).setUint16(at + 5, height);
      new DataView(bytes.buffer).setUint16(at + 7, width);
      return bytes;
    }
    at += 2 + new DataView(bytes.buffer).getUint16(at + 2);
  }
  throw new Error("no frame header");
}
