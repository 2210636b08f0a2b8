// Joins the page's files into the ES module that page.js serves, with the hashes its content security
// policy names:
//   node join.mjs page.html page.css client.js >page_document.js

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * The text without what only a reader of the sources wants: comments, indentation and line breaks where
 * none is needed. No string of the sources looks like a comment or goes over lines.
 */
function stripped(text) {
  return text
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/^\s*\/\/.*$/gm, "")
    .replaceAll(/^\s+/gm, "")
    .replaceAll(/([{(,;])\n/g, "$1");
}

/** Puts `inline` in place of the one `tag` of the page. */
function replaceTag(page, tag, inline) {
  const [before, after, ...more] = page.split(tag);
  if (after === undefined || more.length > 0) throw new Error(`the page must have one ${tag}`);
  return before + inline + after;
}

/** As a content security policy writes it. */
function hash(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

const [html, style, script] = process.argv
  .slice(2)
  .map((file) => stripped(readFileSync(file, "utf8")));

const exported = {
  DOCUMENT: [
    ['<link rel="stylesheet" href="page.css" />', `<style>${style}</style>`],
    ['<script type="module" src="client.js"></script>', `<script type="module">${script}</script>`],
  ].reduce((page, [tag, inline]) => replaceTag(page, tag, inline), html),
  SCRIPT_HASH: hash(script),
  STYLE_HASH: hash(style),
};

console.log("// Made of worker-js/page by its join.mjs.");
for (const [name, value] of Object.entries(exported)) {
  console.log(`export const ${name} = ${JSON.stringify(value)};`);
}
