import assert from "node:assert/strict";
import { test } from "node:test";

import { table } from "./table.mjs";

test("words stand to the left, numbers to the right", () => {
  assert.equal(
    table(
      ["file", "ms"],
      [
        ["a.jpg", "1,000.5"],
        ["bb.jpg", ""],
      ],
    ),
    ["file         ms", "a.jpg   1,000.5", "bb.jpg"].join("\n"),
  );
});
