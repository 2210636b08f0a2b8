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

export {};
