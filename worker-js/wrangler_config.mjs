// wrangler.toml lies at two places: in a user's project, where plain `wrangler` has Bazel build first, and in the
// folder that Bazel assembles, which is built already.

const FOLDER_MAIN = 'main = "src/index.js"';
const PROJECT_MAIN = 'main = "bazel-bin/worker/src/index.js"';

const BUILD = `
# What plain \`wrangler dev\` and \`wrangler deploy\` do first. Bazel's own //:worker.dev and //:worker.deploy take all of
# this file but this section and \`main\`.
[build]
command = "./bazelw build //:worker"
watch_dir = ["models", "src"]
`;

/**
 * @param {string} text wrangler.toml of an assembled folder
 * @returns {string} that of a project whose //:worker makes such a folder
 */
export function projectConfig(text) {
  return text.replace(FOLDER_MAIN, PROJECT_MAIN) + BUILD;
}

/**
 * @param {string} text wrangler.toml of a project
 * @returns {string} that of the folder assembled of it: another `main`, and nothing to build
 */
export function folderConfig(text) {
  return withoutBuild(text).replace(/^main\s*=.*$/m, FOLDER_MAIN);
}

/**
 * @param {string} text
 * @returns {string} it without the section [build], those of environments, and the comments above them
 */
export function withoutBuild(text) {
  return text.replace(/(^#.*\n)*^\[(?:env\.[^\]]+\.)?build\].*\n(?:(?!\[).*(?:\n|$))*/gm, "");
}
