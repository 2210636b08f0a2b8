// Prints docs/rules.md: the rules of plugin/defs.bzl, from the docstrings of what it loads.
//   node rules.mjs DEFS_BZL PRIVATE_BZL...

import { readFileSync } from "node:fs";
import path from "node:path";

const [defs, ...files] = process.argv.slice(2);
const texts = new Map(files.map((file) => [path.basename(file), readFileSync(file, "utf8")]));

/** The names that defs.bzl gives its users, with the file each is from. */
const loaded = [
  ...readFileSync(defs, "utf8").matchAll(/load\("\/\/[^:]*:([^"]+)", _\w+ = "(\w+)"\)/g),
];

/**
 * @param {string} file
 * @param {string} name of a function or a rule in it
 * @returns {{ doc: string, defaults: Map<string, string> }}
 * @throws {Error} when it has no docstring: every rule has one
 */
function describe(file, name) {
  const text = texts.get(file) ?? "";
  const macro = new RegExp(`^def ${name}\\(([^]*?)\\):\\n    """([^]*?)"""`, "m").exec(text);
  if (macro) return { doc: macro[2], defaults: defaultsOf(macro[1]) };
  const rule = new RegExp(`^${name} = rule\\(([^]*?)\\n\\)`, "m").exec(text);
  const doc = /^    doc = "([^"]*)"/m.exec(rule?.[1] ?? "")?.[1];
  if (!doc) throw new Error(`${file}: ${name} has no docstring`);
  const attributes = [...rule[1].matchAll(/^        "([a-z]\w*)": attr\.[^]*?doc = "([^"]*)"/gm)];
  const args = attributes.map(([, attribute, text]) => `  ${attribute}: ${text}`).join("\n");
  return { doc: `${doc}\n\nArgs:\n  name: the target.\n${args}\n`, defaults: new Map() };
}

/** @param {string} parameters of a def, as written */
function defaultsOf(parameters) {
  const found = parameters.split(",").map((parameter) => parameter.split("=").map((s) => s.trim()));
  return new Map(found.filter(([, value]) => value && value !== "None" && value !== "[]"));
}

/**
 * @param {string} name
 * @param {{ doc: string, defaults: Map<string, string> }} description
 * @returns {string} Markdown
 */
function section(name, { doc, defaults }) {
  const lines = doc.split("\n").map((line) => line.replace(/^    /, ""));
  const start = lines.indexOf("Args:");
  const rows = argumentsOf(lines.slice(start + 1)).map(([argument, text]) => {
    const value = defaults.get(argument);
    return `| \`${argument}\` | ${value ? `\`${value}\`` : ""} | ${text.replaceAll("|", "\\|")} |`;
  });
  const about = lines.slice(0, start).join("\n").trim();
  return [`## ${name}`, "", about, "", "| attribute | default | |", "|---|---|---|", ...rows].join(
    "\n",
  );
}

/**
 * @param {string[]} lines below "Args:"; those of a **kwargs are indented by two more
 * @returns {[string, string][]} names and texts; **kwargs only where it does not list them
 */
function argumentsOf(lines) {
  const found = [];
  for (const line of lines) {
    const [, name, text] = /^ {2,4}(\*{0,2}\w+): (.*)$/.exec(line) ?? [];
    if (name) found.push([name, text]);
    else if (found.length > 0 && line.trim() !== "") found.at(-1)[1] += ` ${line.trim()}`;
  }
  return found.filter(([name], i) => !name.startsWith("**") || i === found.length - 1);
}

console.log(
  [
    "# Rules",
    "",
    'Everything that `load("@wranglet//plugin:defs.bzl", …)` gives. This page is written from the docstrings by',
    "`./bazelw run //docs:rules > docs/rules.md`; a test holds it to them.",
    "",
    loaded.map(([, file, name]) => section(name, describe(file, name))).join("\n\n"),
  ].join("\n"),
);
