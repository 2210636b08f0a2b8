import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { folderConfig, projectConfig } from "./wrangler_config.mjs";

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
  const staging = '[env.staging.build]\ncommand = "x"\n[env.staging.vars]\nA = 2\n';
  assert.equal(folderConfig(staging), "[env.staging.vars]\nA = 2\n");
  const begins =
    'main="elsewhere/index.js"\n[build]\ncwd = "x" # y\nwatch_dir = [\n  "a",\n]\n[vars]\nA = 1\n';
  assert.equal(folderConfig(begins), 'main = "src/index.js"\n[vars]\nA = 1\n');
});
