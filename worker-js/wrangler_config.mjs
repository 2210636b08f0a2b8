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
  const config = withoutBuild(text);
  const folder = assembledFolder(text);
  const moved = folder ? config.replace(quoted(folder), "$1./") : config;
  return MAIN.test(moved) ? moved.replace(MAIN, FOLDER_MAIN) : `${FOLDER_MAIN}\n${moved}`;
}

const MAIN = /^[ \t]*main[ \t]*=.*$/m;

/** Where a string begins that is a path in this folder, "./" before it or not. */
const quoted = (folder) => new RegExp(`(["'])(?:\\./)?${folder.replace(/[^\w/]/g, "\\$&")}`, "g");

/** Where a project's config says that the assembled folder is, such as "bazel-bin/worker/"; "" if it says nothing. */
const assembledFolder = (text) =>
  /^[ \t]*main[ \t]*=[ \t]*["'](?:\.\/)?([^"']+\/)src\/index\.js["']/m.exec(text)?.[1] ?? "";

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
  const has = (line) => new RegExp(`(?<!\\w)${bare(line)}(?!\\w)`).test(bare(text));
  const folder = assembledFolder(text);
  return settings
    .filter(({ line }) => !has(line))
    .map(({ section, ...setting }) => ({
      ...setting,
      section: section.replaceAll('"./', `"./${folder}`),
    }));
}

/** TOML without comments and blanks, with one kind of quotes: to look for a line in. */
const bare = (toml) =>
  toml
    .replace(/^((?:[^"'#\n]|"[^"\n]*"|'[^'\n]*')*)#.*$/gm, "$1")
    .replace(/[ \t\r]/g, "")
    .replaceAll("'", '"');

/**
 * @param {string} text
 * @returns {string} it without the section [build], those of environments, and the comments above them, and without
 *     top-level lines `build = ...` and `build.command = ...`
 */
export function withoutBuild(text) {
  const lines = text.replaceAll("\r\n", "\n");
  const sections = lines.search(/^[ \t]*\[/m);
  const top = sections < 0 ? lines : lines.slice(0, sections);
  const rest = lines.slice(top.length);
  // Comments above the first section belong to it.
  const [above] = /(?:^[ \t]*#.*\n)*$(?![^])/m.exec(top);
  const kept = top.slice(0, top.length - above.length).replace(/^[ \t]*build[ \t]*[.=].*\n?/gm, "");
  return (
    kept +
    (above + rest).replace(
      /(^[ \t]*#.*\n)*^[ \t]*\[[ \t]*(?:env\.[^\]]+\.)?build[ \t]*\].*\n(?:(?![ \t]*\[).*(?:\n|$))*/gm,
      "",
    )
  );
}
