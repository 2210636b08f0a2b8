// Measures Wranglet beside its peers:
//   ./bazelw run -c opt //tests/bench -- [--rounds N] [--only TEXT] [--v8-flags=FLAGS]
//       [--json FILE] [--html FILE] [--markdown FILE]

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { table } from "../../worker-js/table.mjs";
import { limitOf, measureCeilings } from "./ceilings.mjs";
import { inputFor } from "./inputs.mjs";
import { measure } from "./measure.mjs";
import { findNetworks } from "./networks.mjs";
import { profile } from "./profile.mjs";
import { HEADER, rowOf, STEP_HEADER, stepRowOf, toHtml, toMarkdown } from "./report.mjs";
import { restartWith } from "./v8_flags.mjs";
import { measureInWorkerd } from "./workerd.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "80" },
    only: { type: "string", default: "" },
    "v8-flags": { type: "string", default: "" },
    json: { type: "string" },
    html: { type: "string" },
    markdown: { type: "string" },
  },
});
const rounds = Number(options.rounds);
if (!(rounds >= 1)) throw new Error(`--rounds ${options.rounds} is no number of inferences`);
restartWith(options["v8-flags"]);

const { networks, missing } = findNetworks();
for (const name of missing)
  console.log(`SKIPPED, not measured: ${name} lies outside of the repository`);

const report = {
  machine: [
    cpus()[0].model,
    `Node.js ${process.versions.node}`,
    ["V8", process.versions.v8, ...process.execArgv].join(" "),
  ].join(", "),
  rounds,
  ceilings: measureCeilings(),
  networks: [],
};
console.log(`\n${report.machine}; medians of ${rounds} interleaved inferences, one thread\n`);
console.log("what registers alone can do, GMAC/s");
for (const { instruction, gmacs } of report.ceilings) {
  console.log(`  ${instruction.padEnd(40)} ${gmacs.toFixed(1)}`);
}
for (const [index, network] of networks.entries()) {
  if (!network.name.includes(options.only)) continue;
  const results = await measure(network, index, rounds);
  const workerd = await measureInWorkerd(network, rounds);
  const file = path.join(import.meta.dirname, network.model);
  const steps = existsSync(`${file}.profile.wasm`)
    ? profile(
        `${file}.profile.wasm`,
        readFileSync(`${file}.compiled/steps.cc`, "utf8"),
        rounds,
        network.inputs.map(inputFor),
      )
    : [];
  const { name, macs, precision } = network;
  const limit = limitOf(report.ceilings, precision);
  report.networks.push({ name, macs, limit, results, workerd, steps });
  console.log(`\n${name}, ${(macs / 1e6).toFixed(1)} million MACs`);
  console.log(
    table(
      HEADER,
      results.map((result) => rowOf(result, limit)),
    ),
  );
  console.log(
    `in workerd: first ${workerd.first.toFixed(1)} ms, warm ${workerd.warm.toFixed(2)} ms`,
  );
}

const outputs = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  html: toHtml,
  markdown: toMarkdown,
};
for (const [option, write] of Object.entries(outputs)) {
  if (!options[option]) continue;
  const file = path.resolve(process.env.WRANGLET_CALLER_DIRECTORY, options[option]);
  writeFileSync(file, write(report));
  console.log(`\nwrote ${file}`);
}
process.exit();
