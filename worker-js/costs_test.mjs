import assert from "node:assert/strict";
import { test } from "node:test";

import { limitsTable } from "./costs.mjs";
import { LIMITS } from "./limits.mjs";

const needs = { size: 1024 * 1024, memory: 2_000_000 };
const times = { first: 0, again: 0.25, inference: 1.5 };

test("each limit, beside what is needed and measured", () => {
  assert.equal(
    limitsTable(needs, times, "paid"),
    [
      "limit                     this Worker                Cloudflare, paid plan",
      "size                      1 MiB                      64 MiB",
      "memory, at least          2 MB                       128 MB",
      "start-up                  under 1 ms, again 0.25 ms  1,000 ms",
      "CPU time of an inference  1.5 ms                     300,000 ms",
    ].join("\n"),
  );
});

test("what is over a limit is marked, by the plan's", () => {
  const slow = { first: 1001, again: 900, inference: 11 };
  const over = (text) => text.split("\n").filter((line) => line.endsWith("over it"));
  const large = { size: LIMITS.size + 1, memory: LIMITS.memory + 1 };
  assert.equal(over(limitsTable(large, slow, "free")).length, 4);
  assert.equal(over(limitsTable(needs, slow, "paid")).length, 1);
  assert.equal(over(limitsTable(needs, times, "free")).length, 0);
});
