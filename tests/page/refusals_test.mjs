// What the page shows when there are no classes to show.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answering, describePage, photo, shownClasses } from "./browser.mjs";

const alert = async (page, hasText) => {
  const found = page.getByRole("alert").filter({ hasText });
  await found.waitFor();
  return found.textContent();
};

const NOTHING = { name: "words.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") };

describePage("a refusal", (site) => {
  test("is shown as the Worker words it, without what was there before; the next picture is served", () =>
    site.visit({}, async (page) => {
      await page.setInputFiles("#file", photo("coffee.jpg"));
      await shownClasses(page);
      const answered = page.waitForResponse("**/classify/**");
      await page.setInputFiles("#file", NOTHING);
      const { title, detail } = await (await answered).json();
      assert.equal(await alert(page, title), `${title}. ${detail}`);
      assert.equal(await page.locator("li").count(), 0);
      assert.equal(await page.locator("dd").count(), 0);
      assert.ok(await page.locator("#picture").isHidden(), "no broken picture");
      await page.setInputFiles("#file", photo("coffee.jpg"));
      await shownClasses(page);
      assert.equal(await page.getByRole("alert").textContent(), "");
    }));

  test("by a proxy that speaks HTML is told by its status, and its text is no part of the page", () => {
    const prepare = answering(() => ({ status: 502, body: "<img src=x onerror=alert(1)>" }));
    return site.visit({ prepare }, async (page) => {
      await page.setInputFiles("#file", photo("coffee.jpg"));
      assert.equal(await alert(page, "502"), "Status 502. ");
    });
  });

  test("a label that looks like HTML is text", () => {
    const label = "<img src=x onerror=alert(1)>";
    const classes = [{ label, index: 0, score: 1 }];
    const timing = { decode: 0, infer: 0 };
    const prepare = answering(() => ({ json: { model: label, version: label, classes, timing } }));
    return site.visit({ prepare }, async (page) => {
      await page.setInputFiles("#file", photo("coffee.jpg"));
      assert.deepEqual(await shownClasses(page), [[label, "100.0 %", ""]]);
      assert.equal(await page.locator("img").count(), 1);
    });
  });

  test("no connection is told", () =>
    site.visit({}, async (page) => {
      await page.route("**/classify/**", (route) => route.abort());
      await page.setInputFiles("#file", photo("coffee.jpg"));
      assert.match(await alert(page, "No answer"), /^No answer came\. TypeError/);
    }));

  test("401 asks for a token, which is sent with this picture and the next", () => {
    const tokens = [];
    const prepare = (page) =>
      page.route("**/classify/**", async (route) => {
        const header = await route.request().headerValue("authorization");
        tokens.push(header);
        if (header === "Bearer secret") return route.continue();
        await route.fulfill({ status: 401, json: { title: "A token is needed", status: 401 } });
      });
    return site.visit({ prepare }, async (page) => {
      assert.ok(await page.getByLabel("Access token").isHidden());
      await page.setInputFiles("#file", photo("coffee.jpg"));
      await alert(page, "A token is needed");
      await page.keyboard.type("wrong"); // the field has the focus
      await page.keyboard.press("Enter");
      await alert(page, "A token is needed");
      await page.getByLabel("Access token").fill("secret");
      await page.getByRole("button", { name: "Send" }).click();
      await shownClasses(page);
      assert.ok(await page.getByLabel("Access token").isHidden());
      await page.setInputFiles("#file", photo("astronaut.jpg"));
      await page.getByRole("status").filter({ hasText: "person, " }).waitFor();
      assert.deepEqual(tokens, [null, "Bearer wrong", "Bearer secret", "Bearer secret"]);
    });
  });

  test("a slow answer to an earlier picture does not replace the later one's", () => {
    let first = true;
    const prepare = (page) =>
      page.route("**/classify/**", async (route) => {
        if (first) {
          first = false;
          await new Promise((resolve) => setTimeout(resolve, 1500));
        }
        await route.continue().catch(() => {}); // the page has given it up
      });
    return site.visit({ prepare }, async (page) => {
      await page.setInputFiles("#file", photo("coffee.jpg"));
      await page.getByRole("status").filter({ hasText: "Classifying" }).waitFor();
      await page.setInputFiles("#file", photo("astronaut.jpg"));
      const status = page.getByRole("status").filter({ hasText: /^person, / });
      await status.waitFor();
      await page.waitForTimeout(2000);
      assert.match(await status.textContent(), /^person, /);
    });
  });
});

describePage("the policy", (site) => {
  test("is enforced: a request elsewhere, or a style from elsewhere, is a violation", async () => {
    const violated = site.visit({}, async (page) => {
      await page.evaluate(async () => {
        document.body.setAttribute("style", "color: red");
        await fetch("https://elsewhere.invalid/").catch(() => {});
      });
      assert.deepEqual(await page.evaluate(() => globalThis.violations), [
        "style-src-attr inline",
        "connect-src https://elsewhere.invalid/",
      ]);
      assert.notEqual(
        await page.evaluate(() => getComputedStyle(document.body).color),
        "rgb(255, 0, 0)",
      );
    });
    await assert.rejects(violated, /policy violations|requests to other hosts/);
  });
});
