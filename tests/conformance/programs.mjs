// The programs that make networks and run them on the host, by the environment's names for them.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const LARGEST_OUTPUT = 1 << 28;

/**
 * Runs a program; throws an Error with what it complains of.
 *
 * @param {string} variable the environment's variable that names it
 * @param {...string} args
 * @returns {Promise<string>} what it prints
 */
async function call(variable, ...args) {
  try {
    const program = resolve(process.env[variable]);
    return (await execute(program, args, { maxBuffer: LARGEST_OUTPUT })).stdout;
  } catch (error) {
    const killed = error.signal ? `it was ended by ${error.signal}` : "";
    throw new Error([killed, error.stderr].filter(Boolean).join(": ").trim() || String(error));
  }
}

/**
 * A network in a folder: file `network`, and its inputs' files, each of `samples` inferences.
 *
 * @typedef {{ dtype: string, shape: number[] }} Tensor
 * @typedef {{ seed: number, operators: string, precision: string, inputs: Tensor[], outputs: Tensor[],
 *     file: string, samples: number }} Network
 */

/**
 * Random networks, `count` of each operator in each precision, and chains of operators.
 *
 * @param {number} seed
 * @param {number} count
 * @param {string} folder where their files go
 * @returns {Promise<Network[]>}
 */
export async function generateTflite(seed, count, folder) {
  const listing = JSON.parse(
    await call("WRANGLET_GENERATE_TFLITE", String(seed), String(count), folder),
  );
  return listing.networks.map((network, i) => ({
    ...network,
    file: join(folder, `${i}.tflite`),
    samples: listing.samples,
  }));
}

/** @param {Network} network */
export const inputFiles = ({ file, inputs }) =>
  inputs.map((_, i) => file.replace(/[^.]*$/, `input${i}`));

const PROGRAMS = { wranglet: "WRANGLET_RUN_MODEL", tflite: "WRANGLET_RUN_TFLITE" };

/**
 * Runs a network on its inputs.
 *
 * @param {"wranglet" | "tflite"} by
 * @param {Network} network
 * @returns {Promise<Uint8Array[]>} each output's bytes, of all samples
 */
export async function runNetwork(by, network) {
  const prefix = network.file.replace(/[^.]*$/, by);
  await call(PROGRAMS[by], network.file, prefix, ...inputFiles(network));
  return Promise.all(network.outputs.map((_, i) => readFile(`${prefix}${i}`)));
}
