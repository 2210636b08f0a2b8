// Pictures come from a file, a drop or the clipboard; the page shows what the Worker answers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { page as pageOf } from "../../worker-js/page.js";
import {
  answering,
  dataTransfer,
  describePage,
  jpeg,
  photo,
  sentBody,
  shownClasses,
  shownFacts,
} from "./browser.mjs";

const percent = (score) => `${(score * 100).toFixed(1)} %`;
const rows = ({ classes }) => classes.map(({ label, score }) => [label, percent(score), ""]);

/** A BMP of one pixel: a type that a Worker need not know. */
const BMP = Buffer.concat([
  Buffer.from("BM"),
  Buffer.from(Uint32Array.of(58, 0, 54, 40, 1, 1, 1 + (24 << 16), 0, 4, 0, 0, 0, 0, 0xff).buffer),
]);

describePage("a picture", (site) => {
  const answerTo = async ({ bytes }) => {
    const response = await site.worker.fetch("/classify/person", { method: "POST", body: bytes });
    return response.json();
  };

  test("from a file: classes as bars, time, bytes, the model", () =>
    site.visit({}, async (page) => {
      const coffee = jpeg("coffee.jpg");
      const answer = await answerTo(coffee);
      await page.setInputFiles("#file", photo(coffee.name));
      assert.deepEqual(await shownClasses(page), rows(answer));
      assert.equal(
        await page.getByRole("status").textContent(),
        `${answer.label}, ${percent(answer.score)}`,
      );
      const facts = await shownFacts(page);
      assert.match(facts.Time, /^\d+ ms there and back$/);
      assert.equal(facts.Sent, `as ${coffee.bytes.length.toLocaleString("en")} bytes`);
      assert.equal(facts.Model, `person, version ${answer.version}`);
      const bars = page.locator(".bar");
      const shares = await bars.evaluateAll((found) =>
        found.map((bar) => parseFloat(getComputedStyle(bar, "::before").width) / bar.clientWidth),
      );
      shares.forEach((share, i) => assert.ok(Math.abs(share - answer.classes[i].score) < 0.02));
      assert.ok(await page.locator("#picture").evaluate((image) => image.naturalWidth > 0));
    }));

  test("from the same file again, after another", () =>
    site.visit({}, async (page) => {
      for (const name of ["coffee.jpg", "astronaut.jpg", "coffee.jpg"]) {
        const answered = page.waitForResponse("**/classify/**");
        await page.setInputFiles("#file", photo(name));
        await answered;
        const { label } = await answerTo(jpeg(name));
        await page
          .getByRole("status")
          .filter({ hasText: `${label}, ` })
          .waitFor();
      }
    }));

  test("dropped anywhere", () =>
    site.visit({}, async (page) => {
      const file = jpeg("astronaut.jpg");
      const data = await dataTransfer(page, file);
      await page.dispatchEvent("h1", "dragover", { dataTransfer: data });
      assert.match(await page.locator("body").getAttribute("class"), /over/);
      await page.dispatchEvent("h1", "drop", { dataTransfer: data });
      assert.deepEqual(await shownClasses(page), rows(await answerTo(file)));
      assert.equal(await page.locator("body").getAttribute("class"), "");
    }));

  test("pasted", () =>
    site.visit({}, async (page) => {
      const file = jpeg("astronaut.jpg");
      const data = await dataTransfer(page, file);
      await page.evaluate(
        (clipboardData) => document.dispatchEvent(new ClipboardEvent("paste", { clipboardData })),
        data,
      );
      assert.deepEqual(await shownClasses(page), rows(await answerTo(file)));
    }));

  test("dropped or pasted text is none, and is left alone", () =>
    site.visit({}, async (page) => {
      const isLeftAlone = await page.evaluate(() => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "words");
        const init = { clipboardData, cancelable: true };
        return document.dispatchEvent(new ClipboardEvent("paste", init));
      });
      assert.ok(isLeftAlone);
      assert.equal(await page.getByRole("status").textContent(), "No picture yet.");
    }));

  test("that is large is reduced to a JPEG, and the page says so", () =>
    site.visit({}, async (page) => {
      const original = await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(2400, 1200);
        const context = canvas.getContext("2d");
        const pixels = context.createImageData(2400, 1200);
        for (let at = 0; at < pixels.data.length; at += 65536) {
          crypto.getRandomValues(pixels.data.subarray(at, at + 65536));
        }
        context.putImageData(pixels, 0, 0);
        const data = new DataTransfer();
        data.items.add(
          new File([await canvas.convertToBlob()], "noise.png", { type: "image/png" }),
        );
        document.dispatchEvent(new DragEvent("drop", { dataTransfer: data }));
        return data.files[0].size;
      });
      const { type, bytes } = await sentBody(page);
      assert.equal(type, "image/jpeg");
      assert.ok(original > 2_000_000 && bytes.length < original / 2);
      assert.deepEqual(sizeOf(bytes), { width: 1600, height: 800 });
      await shownClasses(page);
      const [sent, from] = [bytes.length, original].map((count) => count.toLocaleString("en"));
      assert.equal((await shownFacts(page)).Sent, `as ${sent} bytes, made of ${from}`);
    }));

  test("of a type that only the browser knows is sent as a JPEG", () =>
    site.visit({}, async (page) => {
      const file = { name: "dot.bmp", mimeType: "image/bmp", buffer: BMP };
      await page.setInputFiles("#file", file);
      const { type, bytes } = await sentBody(page);
      assert.equal(type, "image/jpeg");
      assert.deepEqual(sizeOf(bytes), { width: 1, height: 1 });
      assert.deepEqual(await shownClasses(page), rows(await answerTo({ bytes })));
    }));
});

describePage("of several models", (site) => {
  const models = ["person", "scores"].map((name) => ({ name, path: `/classify/${name}` }));
  const prepare = async (page) => {
    await page.route(`${site.worker.url.origin}/`, async (route) => {
      const response = await pageOf(models);
      const headers = Object.fromEntries(response.headers);
      await route.fulfill({ headers, body: await response.text() });
    });
    await answering((request) => {
      const model = new URL(request.url()).pathname.split("/").at(-1);
      const classes = [7.5, -1].map((score, index) => ({
        label: `${model} ${index}`,
        index,
        score,
      }));
      return { json: { model, version: "0", classes, timing: { decode: 1.25, infer: 0.5 } } };
    })(page);
  };

  test("one is chosen, and the last picture goes to it; scores that are no shares are numbers", () =>
    site.visit({ prepare }, async (page) => {
      await page.setInputFiles("#file", photo("coffee.jpg"));
      assert.equal((await shownClasses(page))[0][0], "person 0");
      await page.getByLabel("Model").selectOption("scores");
      await page.getByRole("status").filter({ hasText: "scores 0, 7.500" }).waitFor();
      assert.ok((await sentBody(page)).bytes.equals(jpeg("coffee.jpg").bytes));
      const { Decoding, Inference } = await shownFacts(page);
      assert.deepEqual([Decoding, Inference], ["1.25 ms", "0.5 ms"]);
    }));

  test("there is nothing to choose when there is one", () =>
    site.visit({}, async (page) => assert.ok(await page.getByLabel("Model").isHidden())));
});

/** A baseline JPEG's size, from its frame header. */
function sizeOf(bytes) {
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at + 1] !== 0xc0) continue;
    return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
  }
  throw new Error("no JPEG");
}
