// What the page is like: by keyboard, to a screen reader, in light and dark, on a phone, without motion.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";

import { describePage, photo, shownClasses } from "./browser.mjs";

const SCREENSHOTS = process.env.WRANGLET_SCREENSHOTS ?? process.env.TEST_TMPDIR;

const PHONE = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

/** Keeps a picture of the page for people to look at. */
const screenshot = (page, name) =>
  page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });

async function classified(page) {
  await page.setInputFiles("#file", photo("astronaut.jpg"));
  await shownClasses(page);
}

async function refused(page) {
  await page.setInputFiles("#file", {
    name: "words.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("no picture"),
  });
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
}

describePage("to a screen reader", (site) => {
  test("all there is has a role and a name", () =>
    site.visit({}, async (page) => {
      await classified(page);
      const tree = await page.locator("body").ariaSnapshot();
      for (const line of [
        /^- banner:/,
        / - heading "What is in the picture\?" \[level=1\]/,
        /- main:/,
        / - region "Picture":/,
        / - button "Choose a picture, drop or paste one"/,
        / - button "Use the camera"/,
        / - region "Answer":/,
        / - status: person, /,
        / - list "Classes, the likeliest first":/,
        / - listitem: person [\d.]+ %/,
        / - term: Time/,
        / - definition: \d+ ms there and back/,
      ]) {
        assert.match(tree, line);
      }
    }));

  test("a refusal is an alert; no id is twice there; the language and the title are told", () =>
    site.visit({}, async (page) => {
      await refused(page);
      assert.match(await page.locator("body").ariaSnapshot(), / - alert: \w/);
      const ids = await page.locator("[id]").evaluateAll((found) => found.map(({ id }) => id));
      assert.equal(new Set(ids).size, ids.length);
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      assert.equal(await page.title(), "Classify a picture");
    }));
});

describePage("by keyboard alone", (site) => {
  const focus = (page) =>
    page.evaluate(() => {
      const { activeElement } = document;
      const [label] = activeElement.labels ?? [];
      const outlined = activeElement.type === "file" ? label : activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(outlined);
      return [activeElement.id, `${outlineStyle} ${outlineWidth}`];
    });

  test("every control is reached in the order of the page, and seen to be", () =>
    site.visit({}, async (page) => {
      const reached = async (count) => {
        const ids = [];
        for (let i = 0; i < count; ++i) {
          await page.keyboard.press("Tab");
          const [id, outline] = await focus(page);
          assert.equal(outline, "solid 3px", id);
          ids.push(id);
        }
        return ids;
      };
      assert.deepEqual(await reached(2), ["file", "open"]);
      await page.keyboard.press("Enter");
      await page.getByLabel("The camera").waitFor();
      assert.equal((await focus(page))[0], "shoot", "where one goes on");
      assert.deepEqual(await reached(2), ["close", "live"]);
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Space");
      await shownClasses(page);
      assert.equal((await focus(page))[0], "open");
    }));

  test("a file is chosen", () =>
    site.visit({}, async (page) => {
      const chosen = async () => {
        await page.keyboard.press("Tab");
        // The page's answer also tells that it was told to hand the chooser over: keys may overtake that.
        assert.equal((await focus(page))[0], "file");
        await page.keyboard.press("Space");
      };
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), chosen()]);
      await chooser.setFiles(photo("coffee.jpg"));
      await shownClasses(page);
    }));
});

describePage("in light and dark", (site) => {
  for (const colorScheme of ["light", "dark"]) {
    test(`${colorScheme}: all text has a contrast of 4.5, what is drawn one of 3`, () =>
      site.visit({ colorScheme }, async (page) => {
        for (const show of [classified, refused]) {
          await show(page);
          const [texts, [ground]] = [await contrasts(page), await luminances(page, "html")];
          assert.ok(texts.length > 4);
          for (const [text, ratio] of texts) assert.ok(ratio >= 4.5, `${text}: ${ratio}`);
          assert.equal(ground < 0.2, colorScheme === "dark");
          await screenshot(page, `${colorScheme}-${show.name}`);
        }
        await classified(page);
        const [track, bar] = await luminances(page, ".bar", "::before");
        const [surface, line] = await luminances(page, "#choose label", null, "borderTopColor");
        assert.ok(ratio(track, bar) >= 3, `bar ${ratio(track, bar)}`);
        assert.ok(ratio(surface, line) >= 3, `line ${ratio(surface, line)}`);
      }));
  }
});

describePage("on a phone", (site) => {
  test("nothing is wider than the screen, and fingers find every control", () =>
    site.visit({ ...PHONE, colorScheme: "light" }, async (page) => {
      for (const show of [classified, refused, openCamera]) {
        await show(page);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(width, PHONE.viewport.width);
        const controls = await page.locator(
          "button:visible, select:visible, #choose label:visible",
        );
        for (const box of await controls.evaluateAll((found) =>
          found.map((control) => control.getBoundingClientRect().toJSON()),
        )) {
          assert.ok(box.height >= 44 && box.width >= 44, JSON.stringify(box));
        }
        await screenshot(page, `phone-${show.name}`);
      }
    }));

  test("that zooms to 320 pixels, nothing is wider either", () =>
    site.visit({ viewport: { width: 320, height: 256 } }, async (page) => {
      await classified(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    }));
});

describePage("motion", (site) => {
  for (const [reducedMotion, duration] of [
    ["reduce", "0s"],
    ["no-preference", "0.25s"],
  ]) {
    test(`${reducedMotion}: bars take ${duration}`, () =>
      site.visit({ reducedMotion }, async (page) => {
        await classified(page);
        const bar = page.locator(".bar").first();
        assert.equal(
          await bar.evaluate((it) => getComputedStyle(it, "::before").transitionDuration),
          duration,
        );
      }));
  }
});

async function openCamera(page) {
  await page.getByRole("button", { name: "Use the camera" }).click();
  await page.getByLabel("The camera").waitFor();
}

/** WCAG's contrast of two relative luminances. */
const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** WCAG's relative luminance of "rgb(r, g, b)". */
function luminance(color) {
  const [r, g, b] = color.match(/[\d.]+/g).map((text) => {
    const value = Number(text) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Of the first element's background, and of another colour of it or of its pseudo-element. */
async function luminances(page, selector, pseudo = null, property = "backgroundColor") {
  const found = await page
    .locator(selector)
    .first()
    .evaluate(
      (element, [pseudo, property]) => [
        getComputedStyle(element).backgroundColor,
        getComputedStyle(element, pseudo)[property],
      ],
      [pseudo, property],
    );
  return found.map(luminance);
}

/** Each text the page shows, and its contrast to what is behind it. */
async function contrasts(page) {
  const found = await page.evaluate(() => {
    const isClear = (color) => color === "rgba(0, 0, 0, 0)";
    const behind = (element) => {
      const { backgroundColor } = getComputedStyle(element);
      return isClear(backgroundColor) ? behind(element.parentElement) : backgroundColor;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const shown = [];
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      if (data.trim() === "" || !parentElement.checkVisibility()) continue;
      shown.push([data, getComputedStyle(parentElement).color, behind(parentElement)]);
    }
    return shown;
  });
  return found.map(([text, front, back]) => [text, ratio(luminance(front), luminance(back))]);
}
