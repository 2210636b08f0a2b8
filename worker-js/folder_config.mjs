// Makes wrangler.toml of an assembled folder from a project's: node folder_config.mjs PROJECT_CONFIG FOLDER_CONFIG

import { readFileSync, writeFileSync } from "node:fs";

import { folderConfig } from "./wrangler_config.mjs";

const [, , from, to] = process.argv;
writeFileSync(to, folderConfig(readFileSync(from, "utf8")));
