// Runs networks by Wranglet and by its peers, and sums up how far apart they are.

import { readFile } from "node:fs/promises";

import { compare } from "./compare.mjs";
import { LiteRtModel } from "./litert.mjs";
import { inputFiles, runNetwork } from "./programs.mjs";

/** @typedef {import("./programs.mjs").Network} Network */
/** @typedef {"litert" | "tflite" | "onnxruntime"} Peer */

/** Each output's bytes of all samples, by LiteRT.js. */
async function runLiteRt(network) {
  const model = await LiteRtModel.load(await readFile(network.file));
  try {
    const inputs = await Promise.all(inputFiles(network).map((file) => readFile(file)));
    const parts = network.outputs.map(() => []);
    for (let sample = 0; sample < network.samples; ++sample) {
      const slices = inputs.map((bytes) => {
        const size = bytes.length / network.samples;
        return bytes.subarray(sample * size, (sample + 1) * size);
      });
      for (const [i, bytes] of (await model.run(slices)).entries()) parts[i].push(bytes);
    }
    return parts.map((bytes) => new Uint8Array(Buffer.concat(bytes)));
  } finally {
    model.close();
  }
}

const run = (by, network) => (by === "litert" ? runLiteRt(network) : runNetwork(by, network));

/**
 * How far Wranglet is from a peer, over several networks.
 *
 * @typedef {{ networks: number, bytes: number, differing: number, largest: number, relative: number,
 *     seeds: number[] }} Distance `seeds` are those of networks with a differing byte
 */
const noDistance = () => ({
  networks: 0,
  bytes: 0,
  differing: 0,
  largest: 0,
  relative: 0,
  seeds: [],
});

function add(distance, network, expected, actual) {
  const found = compare(network.outputs, [expected], [actual]);
  ++distance.networks;
  distance.bytes += found.bytes;
  distance.differing += found.differing;
  distance.largest = Math.max(distance.largest, found.largest);
  distance.relative = Math.max(distance.relative, found.relative);
  if (found.differing > 0) distance.seeds.push(network.seed);
}

/**
 * What became of the networks of one operator in one precision, or of chains. `refused` is by peer, and
 * by "wranglet".
 *
 * @typedef {{ networks: Network[], distances: Record<Peer, Distance>,
 *     refused: Record<string, { seed: number, reason: string }[]> }} Survey
 */

/** Adds one network to the survey. */
async function include(survey, network, peers) {
  survey.networks.push(network);
  const outputs = {};
  const tryToRun = async (by) => {
    try {
      outputs[by] = await run(by, network);
    } catch (error) {
      survey.refused[by].push({ seed: network.seed, reason: error.message });
    }
  };
  await Promise.all(["wranglet", ...peers].map(tryToRun));
  if (!outputs.wranglet) return;
  for (const by of peers) {
    if (outputs[by]) add(survey.distances[by], network, outputs[by], outputs.wranglet);
  }
}

/**
 * Runs networks.
 *
 * @param {Network[]} networks
 * @param {Peer[]} peers
 * @returns {Promise<Map<string, Survey>>} by operator and precision: "CONV_2D int8", "chains int8"
 */
export async function survey(networks, peers) {
  const surveys = new Map();
  const byPeer = (make) => Object.fromEntries(peers.map((peer) => [peer, make()]));
  for (const network of networks) {
    const key = nameOf(network);
    if (!surveys.has(key)) {
      surveys.set(key, {
        networks: [],
        distances: byPeer(noDistance),
        refused: { wranglet: [], ...byPeer(() => []) },
      });
    }
    await include(surveys.get(key), network, peers);
  }
  return surveys;
}

/** @param {Network} network */
export const nameOf = ({ operators, precision }) =>
  `${operators.includes(" ") ? "chains" : operators} ${precision}`;
