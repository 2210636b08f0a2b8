// For the page's tests: the person Worker in workerd, and its page in Chromium.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe } from "node:test";

import { startWorker } from "wranglet/testing";

const packages = createRequire(path.resolve(process.env.WRANGLET_TESTS_PACKAGES, "here.js"));
const { chromium } = packages("playwright-core");

const CHROMIUM = (process.env.PATH ?? "")
  .split(":")
  .concat("/usr/bin")
  .map((folder) => path.join(folder, "chromium"))
  .find(existsSync);

/** The private root that bazelw makes has Chromium; a host that is used as it is may have none. */
const skip = CHROMIUM ? false : "NOT TESTED: no `chromium` on PATH; install Debian's chromium";

const FLAGS = [
  "--no-sandbox", // which root can't have
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** @param {string} name */
export const photo = (name) =>
  process.env.PHOTOS.split(" ").find((file) => path.basename(file) === name);

/**
 * @typedef {object} Site
 * @property {import("wranglet/testing").RunningWorker} worker
 * @property {(options: object, body: (page: import("playwright-core").Page) => Promise<void>) => Promise<void>} visit
 *     opens the page in a fresh context of these options (playwright's; `prepare(page)` runs before the page
 *     loads), and after `body` asserts that the page asked nothing of another host, violated no policy and threw
 *     nothing
 */

/**
 * Like node:test's describe, for tests of the page.
 *
 * @param {string} name
 * @param {(site: Site) => void} define
 */
export function describePage(name, define) {
  describe(name, { skip }, () => {
    /** @type {Site} */
    const site = {};
    let browser;
    before(async () => {
      site.worker = await startWorker();
      browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    });
    after(async () => {
      await browser?.close();
      await site.worker?.stop();
    });
    site.visit = (options, body) => visit(browser, site.worker.url.origin, options, body);
    define(site);
  });
}

async function visit(browser, origin, { prepare = async () => {}, ...options }, body) {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const [errors, requests] = [[], []];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.addInitScript(() => {
      const { fetch } = globalThis;
      globalThis.sent = [];
      globalThis.fetch = (url, init) => {
        globalThis.sent.push({ body: init?.body, time: performance.now() });
        return fetch(url, init);
      };
      globalThis.violations = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
        globalThis.violations.push(`${effectiveDirective} ${blockedURI}`),
      );
    });
    await prepare(page);
    await page.goto(origin);
    await body(page);
    const elsewhere = requests.filter((url) => !/^(blob|data):/.test(url) && !isOf(origin, url));
    assert.deepEqual(elsewhere, [], "requests to other hosts");
    assert.deepEqual(await page.evaluate(() => globalThis.violations), [], "policy violations");
    assert.deepEqual(errors, [], "errors thrown");
  } finally {
    await context.close();
  }
}

const isOf = (origin, url) => new URL(url).origin === origin;

/**
 * Answers the page's posts in the Worker's place.
 *
 * @param {(request: import("playwright-core").Request) => object} answer as playwright's fulfill takes it
 * @returns {(page: import("playwright-core").Page) => Promise<void>} for `prepare`
 */
export function answering(answer) {
  return (page) => page.route("**/classify/**", (route) => route.fulfill(answer(route.request())));
}

/**
 * A file as a drop or the clipboard hands it over.
 *
 * @param {import("playwright-core").Page} page
 * @param {{ name: string, type: string, bytes: Uint8Array }} file
 */
export function dataTransfer(page, { name, type, bytes }) {
  return page.evaluateHandle(
    ({ base64, name, type }) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
      return data;
    },
    { base64: Buffer.from(bytes).toString("base64"), name, type },
  );
}

/** @param {string} name a photo's */
export const jpeg = (name) => ({ name, type: "image/jpeg", bytes: readFileSync(photo(name)) });

/** The body that the page sent last, once it has: playwright does not know what a canvas made. */
export async function sentBody(page) {
  await page.waitForFunction(() => globalThis.sent.length > 0);
  const { type, bytes } = await page.evaluate(async () => {
    const { body } = globalThis.sent.at(-1);
    return { type: body.type, bytes: [...new Uint8Array(await body.arrayBuffer())] };
  });
  return { type, bytes: Buffer.from(bytes) };
}

/** What the page shows of classes: a label and a score each. */
export async function shownClasses(page) {
  await page.locator("li").first().waitFor();
  return page
    .locator("li")
    .evaluateAll((items) =>
      items.map((item) => [...item.children].map((part) => part.textContent)),
    );
}

/** The page's facts (time, bytes, model) by their names. */
export function shownFacts(page) {
  return page
    .locator("dl")
    .evaluate((list) =>
      Object.fromEntries(
        [...list.querySelectorAll("dt")].map((name) => [
          name.textContent,
          name.nextElementSibling.textContent,
        ]),
      ),
    );
}
