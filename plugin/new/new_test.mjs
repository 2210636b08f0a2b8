// What `new` writes, and what it refuses without writing anything.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";

import { TEMPLATES } from "./request.mjs";

const program = path.join(import.meta.dirname, "new.mjs");

let place;
beforeEach(() => (place = mkdtempSync(path.join(tmpdir(), "wranglet-new-test-"))));
afterEach(() => rmSync(place, { recursive: true }));

/** Runs it for a user who stands in `place`. */
const run = (...words) => runWith({}, ...words);

const runWith = (environment, ...words) =>
  spawnSync(process.execPath, [program, ...words], {
    encoding: "utf8",
    env: { ...process.env, WRANGLET_CALLER_DIRECTORY: place, ...environment },
  });

/** Writes a file of the user's and returns its name. */
function file(name, content) {
  writeFileSync(path.join(place, name), content);
  return name;
}

const readText = (...names) => readFileSync(path.join(place, ...names), "utf8");
const person = () => file("net.onnx", readFileSync(process.env.WRANGLET_PERSON_NETWORK));

describe("writes", () => {
  for (const template of TEMPLATES) {
    test(`${template}: a whole workspace, and the next commands`, () => {
      const { status, stdout, stderr } = run("flowers", "--template", template);
      assert.equal(status, 0, stderr);
      const commands = stdout.match(/^ {4}.*$/gm).map((line) => line.trim());
      assert.equal(commands.length, 3);
      assert.equal(commands[0], "cd flowers");

      assert.deepEqual(readdirSync(place), ["flowers"], "nothing is beside it");
      const files = readdirSync(path.join(place, "flowers"));
      const expected = [".bazelrc", ".gitignore", "BUILD.bazel", "MODULE.bazel", "README.md"];
      expected.push("WORKSPACE", "bazelw", "models", "photos", "worker_test.mjs", "wrangler.toml");
      for (const name of expected) assert.ok(files.includes(name), name);
      assert.ok(statSync(path.join(place, "flowers/bazelw")).mode & 0o100, "bazelw is executable");
      assert.match(readText("flowers/wrangler.toml"), /^name = "flowers"$/m);
      for (const entry of readdirSync(path.join(place, "flowers"), { withFileTypes: true })) {
        if (!entry.isFile() || entry.name === "bazelw") continue;
        assert.doesNotMatch(readText("flowers", entry.name), /\{[A-Z]+\}/, entry.name);
      }
    });
  }

  test("the network and labels it is given, by the name of the file", () => {
    const labels = file("my labels.txt", "none\nsome\n");
    const { status, stderr } = run(
      "x",
      "--template",
      "library",
      "--model",
      person(),
      "--labels",
      labels,
    );
    assert.equal(status, 0, stderr);
    assert.match(
      readText("x/BUILD.bazel"),
      /name = "net",\n(?: {4}.*\n)*? {4}labels = "models\/net.labels.txt"/,
    );
    assert.equal(readText("x/models/net.labels.txt"), "none\nsome\n");
  });

  test("a network that takes grey images only, as one", () => {
    const compiler = file(
      "compiler",
      '#!/bin/sh\ncase "$*" in *"--color gray"*) ;; *) exit 1 ;; esac\n',
    );
    chmodSync(path.join(place, compiler), 0o755);
    const { status, stderr } = runWith(
      { WRANGLET_COMPILER: path.join(place, compiler) },
      ...["x", "--template", "library"],
    );
    assert.equal(status, 0, stderr);
    assert.match(readText("x/BUILD.bazel"), /^ {4}color = "gray",$/m);
  });

  test("into an empty folder", () => {
    mkdirSync(path.join(place, "empty"));
    assert.equal(run("empty", "--template", "image-classifier").status, 0);
  });
});

test("nothing is left of a workspace that could not be finished", () => {
  const photos = { WRANGLET_PHOTOS: "no-such-photo.jpg" };
  const { status, stderr } = runWith(photos, "x", "--template", "library");
  assert.notEqual(status, 0);
  assert.match(stderr, /no-such-photo\.jpg/);
  assert.deepEqual(readdirSync(place), []);
});

describe("refuses", () => {
  /** Asserts this status and message, and that only what was there before is there. */
  function assertRefused({ status, stderr }, expectedStatus, message) {
    assert.match(stderr, message);
    assert.equal(status, expectedStatus);
    for (const name of readdirSync(place)) assert.match(name, /^(net|labels|full)/);
  }
  const template = ["--template", "image-classifier"];

  for (const name of ["Flowers", "-x", "x-", "a_b", "a b", "x".repeat(64)]) {
    test(`the name "${name}"`, () =>
      assertRefused(run(...template, "--", name), 2, /be a Worker's name/));
  }

  test("a folder that is not empty", () => {
    mkdirSync(path.join(place, "full"));
    file("full/something", "");
    assertRefused(run("full", ...template), 1, /full is not empty, and nothing is overwritten/);
    assert.deepEqual(readdirSync(path.join(place, "full")), ["something"]);
  });

  test("a place in a folder that is not there", () =>
    assertRefused(run("none/x", ...template), 1, /there is no folder .*none; make it first/));

  test("another template, or none", () => {
    assertRefused(run("x", "--template", "blog"), 2, /image-classifier, presence-detector/);
    assertRefused(run("x"), 2, /give --template/);
  });

  test("a network without labels", () =>
    assertRefused(
      run("x", ...template, "--model", person()),
      2,
      /--model and --labels go together/,
    ));

  test("a network that is not there", () => {
    const labels = file("labels.txt", "a\nb\n");
    const words = ["--model", "net.onnx", "--labels", labels];
    assertRefused(run("x", ...template, ...words), 1, /there is no file .*net\.onnx/);
  });

  test("another number of labels than classes, in the compiler's words", () => {
    const words = ["--model", person(), "--labels", file("labels.txt", "a\nb\nc\n")];
    assertRefused(
      run("x", ...template, ...words),
      1,
      /labels\.txt: has 3 labels, and the network 2/,
    );
  });

  test("a file that is no network, in the compiler's words", () => {
    const words = ["--model", file("net.onnx", "no"), "--labels", file("labels.txt", "a\n")];
    assertRefused(run("x", ...template, ...words), 1, /net\.onnx: is truncated or no ONNX model/);
  });

  test("two networks where there is place for one", () => {
    const labels = file("labels.txt", "a\nb\n");
    const twice = [person(), "net2.onnx"].flatMap((net) => ["--model", net, "--labels", labels]);
    file("net2.onnx", "");
    assertRefused(run("x", ...template, ...twice), 2, /only multi-model takes more/);
  });
});
