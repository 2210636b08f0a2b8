// The networks and photographs of ../shared, which lies beside the source tree.

import { existsSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

// Where the runfiles' link to MODULE.bazel leads.
export const SHARED = join(dirname(realpathSync("MODULE.bazel")), "../shared");

const listFiles = (folder, pattern) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((file) => pattern.test(file))
        .sort()
        .map((name) => ({ name, path: join(folder, name) }))
    : [];

/**
 * @param {RegExp} pattern
 * @returns {{ name: string, path: string }[]} none when there is no ../shared
 */
export const modelFiles = (pattern) => listFiles(join(SHARED, "models"), pattern);

/** Some photographs, as JPEG. */
export const photographs = () =>
  listFiles(join(SHARED, "images"), /\.jpg$/).map(({ path }) => readFileSync(path));
