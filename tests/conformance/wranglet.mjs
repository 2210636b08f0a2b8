// Wranglet on the host, by the program WRANGLET_RUN_MODEL (run_model.cc): the Worker's kernels.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PROGRAM = resolve(process.env.WRANGLET_RUN_MODEL);

/** What it prints; throws an Error with what it complains of. */
function call(...args) {
  try {
    return execFileSync(PROGRAM, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(`Wranglet does not take the network: ${error.stderr ?? error}`.trim());
  }
}

/**
 * @typedef {{ name: string, dtype: string, shape: number[], bytes: number, scale?: number, zeroPoint?: number }} Tensor
 * @typedef {{ inputs: Tensor[], outputs: Tensor[] }} Description
 */

/**
 * Runs a network on samples, each its inputs' bytes.
 *
 * @param {Uint8Array} network a .tflite or .onnx file
 * @param {(description: Description) => Uint8Array[][]} makeSamples
 * @returns {{ description: Description, samples: Uint8Array[][], outputs: Uint8Array[][] }} the
 *     outputs' bytes for each sample
 */
export function runWranglet(network, makeSamples) {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    const model = join(folder, "network");
    writeFileSync(model, network);
    const description = JSON.parse(call(model));
    const samples = makeSamples(description);
    const inputs = description.inputs.map((_, i) => {
      const file = join(folder, `input${i}`);
      writeFileSync(file, Buffer.concat(samples.map((sample) => sample[i])));
      return file;
    });
    call(model, join(folder, "output"), ...inputs);
    const all = description.outputs.map((_, i) => readFileSync(join(folder, `output${i}`)));
    const outputs = samples.map((_, sample) =>
      description.outputs.map(
        ({ bytes }, i) => new Uint8Array(all[i].subarray(sample * bytes, (sample + 1) * bytes)),
      ),
    );
    return { description, samples, outputs };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
