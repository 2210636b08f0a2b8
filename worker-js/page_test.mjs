import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";

import { page } from "./page.js";

const PERSON = { name: "person", path: "/classify/person" };
const text = async (models) => (await page(models)).text();
const header = async (name, models = [PERSON]) => (await page(models)).headers.get(name);

/** What is between the page's one <tag ...> and its end. */
function inside(html, tag) {
  const found = [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>(.*?)</${tag}>`, "gs"))];
  assert.equal(found.length, 1, `one <${tag}>`);
  return found[0][1];
}

describe("the page", () => {
  test("is HTML of less than 12,000 bytes, with all it needs in it", async () => {
    const html = await text([PERSON]);
    assert.equal(await header("content-type"), "text/html; charset=utf-8");
    assert.ok(Buffer.byteLength(html) < 12_000, `${Buffer.byteLength(html)} bytes`);
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    for (const elsewhere of [/https?:/, /\ssrc=/, /\bimport\b/, /url\(/, /href="(?!data:)/]) {
      assert.doesNotMatch(html, elsewhere);
    }
  });

  test("offers the models in their order, whatever they are called", async () => {
    const named = { name: `<b title="x">&'`, path: "/classify/%3Cb?\"'" };
    const select = inside(await text([PERSON, named]), "select");
    assert.equal(
      select.trim(),
      '<option value="/classify/person">person</option>' +
        `<option value="/classify/%3Cb?&#34;'">&#60;b title=&#34;x&#34;&#62;&#38;'</option>`,
    );
    // What String.replace takes for patterns are names like others.
    assert.match(await text([{ name: "$& $1", path: "/" }]), />\$&#38; \$1</);
  });
});

describe("its headers", () => {
  test("allow its own style and script by their hashes, its pictures and its answers, and nothing else", async () => {
    const html = await text([PERSON]);
    const hash = (tag) => createHash("sha256").update(inside(html, tag)).digest("base64");
    const policy = await header("content-security-policy");
    const directives = Object.fromEntries(
      policy.split("; ").map((directive) => directive.split(/ (.*)/)),
    );
    assert.equal(directives["script-src"], `'sha256-${hash("script")}'`);
    assert.equal(directives["style-src"], `'sha256-${hash("style")}'`);
    assert.equal(directives["default-src"], "'none'");
    assert.equal(directives["connect-src"], "'self'");
    assert.equal(directives["frame-ancestors"], "'none'");
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.doesNotMatch(html, /\son\w+=|\sstyle=/);
    assert.equal(await header("x-content-type-options"), "nosniff");
    assert.equal(await header("referrer-policy"), "no-referrer");
    assert.equal(await header("permissions-policy"), "camera=(self)");
  });

  test("have an ETag of the content, which caches ask for again", async () => {
    const etag = await header("etag");
    assert.match(etag, /^"[0-9a-f]{32}"$/);
    assert.equal(await header("etag"), etag);
    assert.notEqual(await header("etag", [PERSON, PERSON]), etag);
    assert.equal(await header("cache-control"), "no-cache");
    assert.equal(await header("vary"), "accept");
  });
});
