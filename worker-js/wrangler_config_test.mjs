import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import { folderConfig, missingSettings, projectConfig } from "./wrangler_config.mjs";

const template = readFileSync("templates/wrangler.toml.tpl", "utf8").replace("{SETTINGS}", "");

test("a project builds first, and its Worker is where Bazel puts it", () => {
  const project = projectConfig(template);
  assert.match(project, /^main = "bazel-bin\/worker\/src\/index\.js"$/m);
  assert.match(project, /^\[build\]\ncommand = "\.\/bazelw build \/\/:worker"$/m);
  assert.doesNotMatch(project, /^main = "src/m);
});

test("a folder's config is what it was before it became a project's", () => {
  assert.equal(folderConfig(projectConfig(template)).trimEnd(), template.trimEnd());
});

test("what a user adds, before or after the build, reaches the folder", () => {
  const added = '\n[vars]\nLABEL = "cat"\n';
  const ends = projectConfig(template) + added;
  assert.equal(folderConfig(ends), `${template}${added}`);
  const staging =
    'main = "src/index.js"\n[env.staging.build]\ncommand = "x"\n[env.staging.vars]\nA = 2\n';
  assert.equal(folderConfig(staging), 'main = "src/index.js"\n[env.staging.vars]\nA = 2\n');
  const begins =
    'main="elsewhere/index.js"\n[build]\ncwd = "x" # y\nwatch_dir = [\n  "a",\n]\n[vars]\nA = 1\n';
  assert.equal(folderConfig(begins), 'main = "src/index.js"\n[vars]\nA = 1\n');
});

test("TOML may be written in any way", () => {
  const built = 'main = "src/index.js"\n[vars]\nA = 1\n';
  for (const text of [
    'main = "bazel-bin/worker/src/index.js"\r\n[build]\r\ncommand = "x"\r\n[vars]\r\nA = 1\r\n',
    "main = 'bazel-bin/worker/src/index.js'\n# y\n  [build]\n  command = 'x'\n[vars]\nA = 1\n",
    '  main = "elsewhere.js"\nbuild = { command = "x" }\n[vars]\nA = 1\n',
    'main = "elsewhere.js"\nbuild.command = "x"\n[vars]\nA = 1\n[ build ]\ncwd = "y"\n',
    "[vars]\nA = 1\n",
  ]) {
    assert.equal(folderConfig(text), built, text);
  }
  const variable = '# z\n[vars]\nbuild = "x"\n';
  assert.equal(folderConfig(`main = "x"\n${variable}`), `main = "src/index.js"\n${variable}`);
  const assets = "main = './out/src/index.js'\n[assets]\ndirectory = 'out/weights'\n";
  assert.match(folderConfig(assets), /^directory = '.\/weights'$/m);
});

const SETTINGS = [
  {
    attribute: "weights",
    line: 'binding = "WEIGHTS"',
    section: '\n[assets]\ndirectory = "./weights"\nbinding = "WEIGHTS"\n',
  },
  { attribute: "cpu_ms", line: "cpu_ms = 50", section: "\n[limits]\ncpu_ms = 50\n" },
];

test("a setting that a config lacks is told with paths from the project, and then reaches the folder", () => {
  const project = projectConfig(template);
  const missing = missingSettings(project, SETTINGS);
  assert.deepEqual(
    missing.map(({ attribute }) => attribute),
    ["weights", "cpu_ms"],
  );
  const [{ section }, limits] = missing;
  assert.match(section, /^directory = "\.\/bazel-bin\/worker\/weights"$/m);
  const whole = project + section + limits.section;
  assert.deepEqual(missingSettings(whole, SETTINGS), []);
  assert.match(folderConfig(whole), /^directory = "\.\/weights"$/m);
  assert.deepEqual(missingSettings(folderConfig(whole), SETTINGS), []);
});

test("a setting may be written otherwise, but a comment or another number is none", () => {
  const lacks = (text) => missingSettings(text, SETTINGS.slice(1)).length === 1;
  for (const text of [
    "limits = { cpu_ms=50 }",
    "limits.cpu_ms = 50",
    "limits.cpu_ms = 50 # 60",
    'A = "# no comment"\n[limits]\ncpu_ms = 50\r',
    "[limits]\n  cpu_ms  =  50 # ms",
  ])
    assert.equal(lacks(text), false, text);
  for (const text of [
    "",
    "# cpu_ms = 50",
    "[limits]\n # cpu_ms = 50",
    "cpu_ms = 500",
    "no_cpu_ms = 50",
  ])
    assert.equal(lacks(text), true, text);
});

const scratch = mkdtempSync(path.join(tmpdir(), "wranglet-config-test-"));
after(() => rmSync(scratch, { recursive: true }));

test("the program names target, file and attribute, says what to add, and writes nothing until it is there", () => {
  const [from, to] = [path.join(scratch, "wrangler.toml"), path.join(scratch, "out.toml")];
  const run = (text) => {
    writeFileSync(from, text);
    const args = ["folder_config.mjs", "//:worker", from, JSON.stringify(SETTINGS.slice(1)), to];
    return spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" });
  };
  const { status, stderr } = run(template);
  assert.equal(status, 1);
  assert.ok(
    stderr.startsWith(`//:worker: its config, ${from}, lacks \`cpu_ms = 50\`, which cpu_ms`),
  );
  assert.ok(stderr.includes(SETTINGS[1].section));
  assert.equal(existsSync(to), false);
  assert.equal(run(template + SETTINGS[1].section).status, 0);
  assert.equal(readFileSync(to, "utf8"), template + SETTINGS[1].section);
});
