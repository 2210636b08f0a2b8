// A process of its own: loads a network, runs it once and prints what that took, in milliseconds.
//   node cold.mjs NETWORK CONTENDER     by their places in findNetworks()

import { inputFor } from "./inputs.mjs";
import { findNetworks } from "./networks.mjs";

const [network, contender] = process.argv.slice(2).map(Number);
const { load } = findNetworks().networks[network].contenders[contender];
const start = performance.now();
const session = await load();
const loaded = performance.now();
const inputs = session.inputs.map(inputFor);
const ready = performance.now();
await session.run(inputs);
const first = performance.now();
console.log(JSON.stringify({ load: loaded - start, first: first - ready }));
process.exit();
