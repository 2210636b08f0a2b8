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
 * @returns {string} that of the folder assembled of it: another `main`, paths from the folder, and nothing to build
 */
export function folderConfig(text) {
  const config = withoutBuild(text).replace(MAIN, FOLDER_MAIN);
  const folder = assembledFolder(text);
  return folder ? config.replaceAll(`"./${folder}`, '"./').replaceAll(`"${folder}`, '"./') : config;
}

const MAIN = /^main\s*=.*$/m;

/** Where a project's config says that the assembled folder is, such as "bazel-bin/worker/"; "" if it says nothing. */
const assembledFolder = (text) =>
  /^main\s*=\s*"(?:\.\/)?([^"]+\/)src\/index\.js"/m.exec(text)?.[1] ?? "";

/**
 * @typedef {object} Setting what a Worker needs of its config
 * @property {string} attribute of wrangler_worker, which asks for it
 * @property {string} line by which it is known
 * @property {string} section the TOML to add
 */

/**
 * @param {string} text wrangler.toml of a project or a folder
 * @param {Setting[]} settings with paths from the folder
 * @returns {Setting[]} those whose line is not in the text, with paths from the project
 */
export function missingSettings(text, settings) {
  const bare = (toml) => toml.replace(/^\s*#.*$/gm, "").replace(/[ \t]/g, "");
  const has = (line) => new RegExp(`(?<!\\w)${bare(line)}(?!\\w)`).test(bare(text));
  const folder = assembledFolder(text);
  return settings
    .filter(({ line }) => !has(line))
    .map(({ section, ...setting }) => ({
      ...setting,
      section: section.replaceAll('"./', `"./${folder}`),
    }));
}

/**
 * @param {string} text
 * @returns {string} it without the section [build], those of environments, and the comments above them
 */
export function withoutBuild(text) {
  return text.replace(/(^#.*\n)*^\[(?:env\.[^\]]+\.)?build\].*\n(?:(?!\[).*(?:\n|$))*/gm, "");
}
