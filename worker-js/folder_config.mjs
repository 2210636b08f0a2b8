// Makes wrangler.toml of an assembled folder from a project's, or fails for what the Worker needs and it lacks:
//   node folder_config.mjs TARGET PROJECT_CONFIG SETTINGS FOLDER_CONFIG
// SETTINGS is JSON, as missingSettings takes them.

import { readFileSync, writeFileSync } from "node:fs";

import { folderConfig, missingSettings } from "./wrangler_config.mjs";

const [, , target, from, settings, to] = process.argv;
const config = readFileSync(from, "utf8");
const missing = missingSettings(config, JSON.parse(settings));
if (missing.length > 0) {
  for (const { attribute, line, section } of missing) {
    console.error(
      `${target}: its config, ${from}, lacks \`${line}\`, which ${attribute} asks for. Add to it:\n${section}`,
    );
  }
  process.exit(1);
}
writeFileSync(to, folderConfig(config));
