import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

import { cpuMilliseconds, startWithPid } from "./cpu.mjs";

const PROGRAM = `
  process.stdin.on("data", () => {
    const end = performance.now() + 5000;
    const start = process.cpuUsage().user;
    while (process.cpuUsage().user - start < 200_000 && performance.now() < end);
    process.stdout.write("done");
  });
  process.stdout.write("ready");`;

test("time in which a process computes counts, and time in which it waits does not", async () => {
  const { started: child, pid } = await startWithPid("node", async () => {
    const child = spawn(process.execPath, ["-e", PROGRAM], { argv0: "node" });
    await once(child.stdout, "data");
    return child;
  });
  try {
    assert.equal(pid, child.pid);
    const ready = cpuMilliseconds(pid);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const waited = cpuMilliseconds(pid);
    assert.ok(waited - ready < 150, `waiting took ${waited - ready} ms`);
    child.stdin.write("go");
    await once(child.stdout, "data");
    const computed = cpuMilliseconds(pid) - waited;
    assert.ok(computed > 150 && computed < 2000, `computing took ${computed} ms`);
  } finally {
    child.kill();
  }
});

test("no process of the program, or two, are an error", async () => {
  const children = [];
  const start = (program, count) =>
    startWithPid(program, async () => {
      for (let i = 0; i < count; ++i) {
        const child = spawn("sleep", ["60"]);
        children.push(child);
        await once(child, "spawn");
      }
    });
  try {
    await assert.rejects(start("sleep", 0), /sleep: .* not 0/);
    await assert.rejects(start("workerd", 1), /workerd: .* not 0/);
    await assert.rejects(start("sleep", 2), /sleep: .* not 2/);
    assert.equal((await start("sleep", 1)).pid, children.at(-1).pid);
  } finally {
    for (const child of children) child.kill();
  }
});
