// What is measured: a network in somebody's runtime. One a file of contenders/.

/**
 * @typedef {object} TensorSpec
 * @property {string} dtype
 * @property {number[]} shape
 *
 * @typedef {object} Session a network ready to run
 * @property {TensorSpec[]} inputs
 * @property {(inputs: Uint8Array[]) => Promise<unknown>} run one inference, from bytes in JavaScript's
 *     memory to outputs there
 * @property {() => number | undefined} memory bytes of WebAssembly memory, where there is one
 * @property {() => void} close
 *
 * @typedef {object} Contender
 * @property {string} name of the runtime, and of how it was built
 * @property {string[]} files what has to be at hand at run time: WebAssembly and network
 * @property {() => Promise<Session>} load compiles, instantiates and reads the network
 */

/** Bytes of a tensor, every element in the middle of what a network usually sees. */
const FILL = {
  float32: (count, random) => new Uint8Array(Float32Array.from({ length: count }, random).buffer),
  int8: (count, random) => Uint8Array.from({ length: count }, () => random() * 256),
  uint8: (count, random) => Uint8Array.from({ length: count }, () => random() * 256),
  int16: (count, random) =>
    new Uint8Array(Int16Array.from({ length: count }, () => (random() - 0.5) * 65535).buffer),
};

/**
 * @param {TensorSpec[]} inputs
 * @param {() => number} random numbers in [0, 1)
 * @returns {Uint8Array[]} noise for each input
 */
export function noiseFor(inputs, random) {
  return inputs.map(({ dtype, shape }) =>
    FILL[dtype](
      shape.reduce((product, size) => product * size, 1),
      random,
    ),
  );
}
