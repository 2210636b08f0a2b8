// The person Worker at saturation: prints what it answered, how fast, and workerd's memory; fails when an answer
// was wrong or memory grew.
//   node load.mjs [--seconds 60] [--connections 16]

import { parseArgs } from "node:util";

import { table } from "../../worker-js/table.mjs";
import { drive, Tally } from "./drive.mjs";
import { judge, sampled } from "./memory.mjs";
import { mix } from "./mix.mjs";
import { startWorkerd } from "./workerd.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    connections: { type: "string", default: "16" },
  },
});
const [seconds, connections] = [Number(values.seconds), Number(values.connections)];

const HUGE = { connections: 2, connectionRate: 1 };

const { usual, huge } = mix();
const worker = await startWorkerd(process.env.WRANGLET_WORKER);
try {
  const tally = new Tally();
  // Each kind once: what a Worker makes at its first request is there when memory is first looked at.
  await drive(worker.url, usual, { connections: 1, amount: usual.length }, new Tally());
  const start = performance.now();
  const [runs, samples] = await sampled(worker.id, worker.collectGarbage, 1000, () =>
    Promise.all([
      drive(worker.url, usual, { connections, seconds }, tally),
      drive(worker.url, huge, { ...HUGE, seconds }, tally),
    ]),
  );
  report(tally, runs, judge(samples), (performance.now() - start) / 1000);
} finally {
  await worker.stop();
}

/**
 * @param {Tally} tally
 * @param {Awaited<ReturnType<typeof drive>>[]} runs of the usual requests and of the huge ones
 * @param {ReturnType<typeof judge>} memory
 * @param {number} elapsed seconds
 */
function report(tally, runs, memory, elapsed) {
  const count = (number) => number.toLocaleString("en");
  const answers = [...tally.counts].map(([key, answered]) => {
    const [, sent, status] = key.match(/(.*) (\d+)$/);
    return [sent, status, count(answered)];
  });
  console.log(table(["sent", "status", "answers"], answers));
  const errors = runs.reduce((sum, run) => sum + run.errors, 0);
  const rate = (tally.total / elapsed).toFixed(0);
  console.log(
    `\n${count(tally.total)} answers in ${elapsed.toFixed(1)} s, ${rate} a second; ` +
      `wrong: ${tally.wrong}; connections that broke: ${errors}\n`,
  );
  const quantiles = ["p50", "p90", "p99", "max"];
  const names = [`photos and bad requests, ${connections} connections`, "20 MiB, 2 connections"];
  const latencies = runs.map(({ latency }, i) => [
    names[i],
    ...quantiles.map((name) => latency[name].toFixed(0)),
  ]);
  console.log(table(["latency in ms", ...quantiles], latencies));
  const mebibytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  const { start, second, last, peak, isFlat } = memory;
  const row = ["workerd, resident", ...[start, second, last, peak].map(mebibytes)];
  console.log(`\n${table(["MiB", "start", "second quarter", "last quarter", "peak"], [row])}`);
  console.log(`memory is ${isFlat ? "" : "NOT "}flat`);
  for (const example of tally.examples) console.error(`wrong: ${example}`);
  process.exitCode = tally.wrong === 0 && errors === 0 && isFlat ? 0 : 1;
}
