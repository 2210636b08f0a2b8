// Runs networks by Wranglet and by its peers, and sums up how far apart they are.

import { readFile } from "node:fs/promises";

import { compare } from "./compare.mjs";
import { LiteRtModel } from "./litert.mjs";
import { usualBound } from "./known.mjs";
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

/** What the peers are called. */
export const NAMES = {
  wranglet: "Wranglet",
  litert: "LiteRT.js",
  tflite: "TensorFlow Lite",
  onnxruntime: "ONNX Runtime",
};

/**
 * Runs a network on its inputs' files.
 *
 * @param {Peer | "wranglet"} by
 * @param {Network} network
 * @returns {Promise<Uint8Array[]>} each output's bytes, of all samples
 */
export const runBy = (by, network) =>
  by === "litert" ? runLiteRt(network) : runNetwork(by, network);

/**
 * How far Wranglet is from a peer, over several networks: `largest` of integers, `relative` of floats.
 * `seeds` are those of networks with a differing byte, `shared` those of networks on which the peer is
 * further than usual from LiteRT.js, too, which gives what Wranglet gives: they are not in the sums.
 *
 * @typedef {{ networks: number, bytes: number, differing: number, largest: number, relative: number,
 *     seeds: number[], shared: number[] }} Distance
 */
const noDistance = () => ({
  networks: 0,
  bytes: 0,
  differing: 0,
  largest: 0,
  relative: 0,
  seeds: [],
  shared: [],
});

function add(distance, network, found) {
  ++distance.networks;
  distance.bytes += found.bytes;
  distance.differing += found.differing;
  for (const measure of ["largest", "relative"]) {
    distance[measure] = Math.max(distance[measure], found[measure]);
  }
  if (found.differing > 0) distance.seeds.push(network.seed);
}

const isWithin = ({ largest, relative }, bound) =>
  largest <= bound.largest && (relative <= bound.relative || bound.relative === Infinity);

/**
 * What became of the networks of one operator in one precision, or of chains. `refused` is by peer, and
 * by "wranglet".
 *
 * @typedef {{ networks: Network[], distances: Record<Peer, Distance>,
 *     refused: Record<string, { seed: number, reason: string }[]> }} Survey
 */

/**
 * A survey without networks.
 *
 * @param {Peer[]} peers
 * @returns {Survey}
 */
export function newSurvey(peers) {
  const byPeer = (make) => Object.fromEntries(peers.map((peer) => [peer, make()]));
  return {
    networks: [],
    distances: byPeer(noDistance),
    refused: { wranglet: [], ...byPeer(() => []) },
  };
}

/**
 * Runs a network by Wranglet and its peers, and adds it to the survey.
 *
 * @param {Survey} survey
 * @param {Network} network
 * @param {Peer[]} peers
 * @param {string} [name] given where native TensorFlow Lite may be as far as it is from LiteRT.js: what the
 *     usual bounds are found by
 */
export async function include(survey, network, peers, name) {
  survey.networks.push(network);
  const outputs = {};
  const tryToRun = async (by) => {
    try {
      outputs[by] = await runBy(by, network);
    } catch (error) {
      survey.refused[by].push({ seed: network.seed, reason: error.message });
    }
  };
  await Promise.all(["wranglet", ...peers].map(tryToRun));
  if (!outputs.wranglet) return;
  const distanceTo = (by) => compare(network.outputs, [outputs[by]], [outputs.wranglet]);
  const isUsual = (by) => isWithin(distanceTo(by), usualBound(by, name));
  for (const by of peers.filter((peer) => outputs[peer])) {
    const isShared = name && by === "tflite" && !isUsual(by) && outputs.litert && isUsual("litert");
    if (isShared) {
      survey.distances[by].shared.push(network.seed);
    } else {
      add(survey.distances[by], network, distanceTo(by));
    }
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
  for (const network of networks) {
    const key = nameOf(network);
    if (!surveys.has(key)) surveys.set(key, newSurvey(peers));
    await include(surveys.get(key), network, peers, key);
  }
  return surveys;
}

/** @param {Network} network */
export const nameOf = ({ operators, precision }) =>
  `${operators.includes(" ") ? "chains" : operators} ${precision}`;

/**
 * A distance in words, and whether it is within a bound.
 *
 * @param {Distance} distance
 * @param {Peer} by
 * @param {import("./known.mjs").Bound} bound
 * @returns {{ text: string, isClose: boolean }}
 */
export function judge(distance, by, bound) {
  const { networks, bytes, differing, largest, relative, shared } = distance;
  const parts = networks === 0 ? ["nothing compared"] : [`${differing} of ${bytes} bytes differ`];
  if (largest > 0) parts.push(`at most ${largest} steps`);
  if (relative > 0) parts.push(`relative ${relative.toExponential(1)}`);
  if (differing > 0 && bound.reason) parts.push(`as ${bound.reason}`);
  if (shared.length > 0) {
    parts.push(
      `and ${shared.length} networks where ${NAMES.litert} gives what Wranglet gives, as seed ${shared[0]}`,
    );
  }
  const isClose = isWithin(distance, bound) && (largest === 0 || differing <= bound.share * bytes);
  return { text: `${NAMES[by]}: ${parts.join(", ")}`, isClose };
}
