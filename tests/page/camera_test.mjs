// The camera: Chromium's fake one, which shows a clock on green.

import assert from "node:assert/strict";
import { test } from "node:test";

import { describePage, photo, sentBody, shownClasses } from "./browser.mjs";

const button = (page, name) => page.getByRole("button", { name });

/** Opens the camera, and keeps its track where the test finds it. */
async function open(page) {
  await button(page, "Use the camera").click();
  await page.getByLabel("The camera").waitFor();
  await page.evaluate(() => {
    [globalThis.track] = document.querySelector("video").srcObject.getTracks();
  });
}

const isOff = (page) => page.evaluate(() => globalThis.track.readyState === "ended");

describePage("the camera", (site) => {
  test("takes a picture, which is sent as a JPEG and shown, and is off then", () =>
    site.visit({}, async (page) => {
      await open(page);
      await button(page, "Take a picture").click();
      const { type, bytes } = await sentBody(page);
      assert.equal(type, "image/jpeg");
      assert.equal(bytes.readUInt16BE(0), 0xffd8);
      assert.ok((await shownClasses(page)).length > 0);
      assert.ok(await page.locator("#picture").isVisible());
      assert.ok(await page.getByLabel("The camera").isHidden());
      assert.ok(await isOff(page));
    }));

  test("keeps looking while it is asked to, at most twice a second", () =>
    site.visit({}, async (page) => {
      await open(page);
      await page.getByLabel("Keep looking").check();
      await page.waitForFunction(() => globalThis.sent.length === 4);
      await shownClasses(page);
      await page.getByLabel("Keep looking").uncheck();
      await page.waitForTimeout(1200);
      const times = await page.evaluate(() => globalThis.sent.map(({ time }) => time));
      assert.ok(times.length <= 5, "one that was on its way may be sent");
      assert.ok(times[3] - times[0] >= 3 * 499, `${times}`);
      assert.ok(await page.getByLabel("The camera").isVisible());
    }));

  test("is closed by its button, and by a picture from elsewhere", () =>
    site.visit({}, async (page) => {
      await open(page);
      await button(page, "Close the camera").click();
      assert.ok(await isOff(page));
      assert.ok(
        await button(page, "Use the camera").evaluate((it) => it === document.activeElement),
      );
      await open(page);
      await page.setInputFiles("#file", photo("coffee.jpg"));
      await shownClasses(page);
      assert.ok(await isOff(page));
      assert.ok(await page.getByText("Choose a picture").isVisible());
    }));

  test("that is refused is told, and a file still serves", () =>
    site.visit({ prepare: withCamera("refused") }, async (page) => {
      await button(page, "Use the camera").click();
      await page.getByRole("alert").filter({ hasText: "The camera can't be used." }).waitFor();
      await page.setInputFiles("#file", photo("coffee.jpg"));
      await shownClasses(page);
      assert.equal(await page.getByRole("alert").textContent(), "");
    }));

  test("that can't be, as on an insecure page, is not offered", () =>
    site.visit({ prepare: withCamera("absent") }, async (page) =>
      assert.ok(await page.locator("#open").isHidden()),
    ));
});

/** @param {"refused" | "absent"} how */
function withCamera(how) {
  return (page) =>
    page.addInitScript((how) => {
      const refuse = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      const value = how === "absent" ? undefined : { getUserMedia: refuse };
      Object.defineProperty(navigator, "mediaDevices", { value });
    }, how);
}
