// The programs that make networks and run them on the host, by the environment's names for them.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
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
 * Random networks, `count` of each operator in each precision, by the program WRANGLET_GENERATE.
 *
 * @param {number} seed
 * @param {number} count
 * @param {string} folder where their files go
 * @param {"tflite" | "onnx"} format
 * @returns {Promise<Network[]>}
 */
export async function generate(seed, count, folder, format) {
  const listing = JSON.parse(await call("WRANGLET_GENERATE", String(seed), String(count), folder));
  return listing.networks.map((network, i) => ({
    ...network,
    file: join(folder, `${i}.${format}`),
    samples: listing.samples,
  }));
}

/** @param {Network} network */
export const inputFiles = ({ file, inputs }) =>
  inputs.map((_, i) => file.replace(/[^.]*$/, `input${i}`));

const PROGRAMS = {
  wranglet: "WRANGLET_RUN_MODEL",
  tflite: "WRANGLET_RUN_TFLITE",
  onnxruntime: "WRANGLET_RUN_ONNXRUNTIME",
};

/**
 * What goes into a network and comes out, as `by` sees it.
 *
 * @param {"wranglet" | "onnxruntime"} by
 * @param {string} file
 * @returns {Promise<{ inputs: Tensor[], outputs: Tensor[] }>}
 */
export const describe = async (by, file) => JSON.parse(await call(PROGRAMS[by], file));

/** A float32 tensor's samples, each NCHW, as NHWC. */
function toNhwc(bytes, [batch, channels, height, width]) {
  const from = new Float32Array(new Uint8Array(bytes).buffer);
  const pixels = height * width;
  const image = channels * pixels;
  const to = from.map((_, i) => {
    const [channel, pixel] = [i % channels, Math.floor(i / channels) % pixels];
    return from[Math.floor(i / image) * image + channel * pixels + pixel];
  });
  return new Uint8Array(to.buffer);
}

/** The inputs' files for Wranglet, which takes an ONNX network's images as NHWC. */
async function wrangletFiles(network) {
  const files = inputFiles(network);
  if (!network.file.endsWith(".onnx")) return files;
  const description = await describe("wranglet", network.file);
  return Promise.all(
    files.map(async (file, i) => {
      const { shape } = network.inputs[i];
      if (shape.join() === description.inputs[i].shape.join()) return file;
      await writeFile(`${file}.nhwc`, toNhwc(await readFile(file), shape));
      return `${file}.nhwc`;
    }),
  );
}

/**
 * Runs a network on its inputs.
 *
 * @param {"wranglet" | "tflite" | "onnxruntime"} by
 * @param {Network} network
 * @returns {Promise<Uint8Array[]>} each output's bytes, of all samples
 */
export async function runNetwork(by, network) {
  const prefix = network.file.replace(/[^.]*$/, by);
  const files = by === "wranglet" ? await wrangletFiles(network) : inputFiles(network);
  await call(PROGRAMS[by], network.file, prefix, ...files);
  return Promise.all(network.outputs.map((_, i) => readFile(`${prefix}${i}`)));
}
