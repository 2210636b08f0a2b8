import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import { startProject } from "wranglet/testing";

const scratch = mkdtempSync(path.join(tmpdir(), "wranglet-project-test-"));
after(() => rmSync(scratch, { recursive: true }));

test("a project in TypeScript is bundled with what was built for it, and nothing is built again", async () => {
  const here = process.cwd();
  mkdirSync(path.join(scratch, "project/src"), { recursive: true });
  mkdirSync(path.join(scratch, "built"));
  process.chdir(path.join(scratch, "project"));
  writeFileSync(
    "wrangler.toml",
    'name = "x"\nmain = "src/index.ts"\ncompatibility_date = "2026-10-01"\n[build]\ncommand = "false"\n',
  );
  writeFileSync(
    "src/index.ts",
    'import { word } from "./built/word.js";\n' +
      "export default { fetch: (request: Request) => new Response(word + request.method) };\n",
  );
  writeFileSync(path.join(scratch, "built/word.js"), 'export const word = "by ";\n');
  const worker = await startProject({ "src/built": path.join(scratch, "built") });
  try {
    assert.equal(await (await worker.fetch("/", { method: "POST" })).text(), "by POST");
  } finally {
    await worker.stop();
    process.chdir(here);
  }
});
