// What is known of each operator's conformance, and why. Entries may only go: nothing gets worse.

// Floats: sums are taken in another order, and some kernels of XNNPACK contract. Relative to the
// largest element of the output.
const FLOAT_TOLERANCE = 1e-5;

/**
 * How far Wranglet may be from the other, by "OPERATOR precision": `largest`, in steps of what is stored, or
 * `relative` of a float output; `reason` says why it is not 0.
 *
 * @type {Record<"litert" | "tflite", Record<string, { largest?: number, relative?: number, reason: string }>>}
 */
const CLAMP = {
  largest: 1,
  reason:
    "a clamp between two quantisations rounds once in float; LiteRT's multiplies in fixed point",
};
const OWN_KERNEL = {
  largest: 1,
  reason:
    "LiteRT.js leaves it to TensorFlow Lite's kernel, which rounds twice; XNNPACK's, as ours, once",
};
const KNOWN = {
  litert: {
    "DEPTHWISE_CONV_2D uint8": OWN_KERNEL,
    "DEPTHWISE_CONV_2D_OLD int8": OWN_KERNEL,
    "DEPTHWISE_CONV_2D_OLD uint8": OWN_KERNEL,
    "RELU int8": CLAMP,
    "RELU uint8": CLAMP,
    "RELU6 int8": CLAMP,
    "RELU6 uint8": CLAMP,
    "RELU_N1_TO_1 int8": CLAMP,
    "RELU_N1_TO_1 uint8": CLAMP,
    "AVERAGE_POOL_2D uint8": {
      largest: 1,
      reason: "runs as int8, whose halves round the other way",
    },
    "chains int8": CLAMP,
    "chains uint8": CLAMP,
  },
  tflite: {},
};

/**
 * The bound on the distance between Wranglet and `by`.
 *
 * @param {"litert" | "tflite"} by
 * @param {string} name "CONV_2D int8"
 * @returns {{ largest: number, relative: number }}
 */
export function boundOf(by, name) {
  // Native TensorFlow Lite's kernels are not XNNPACK's, which round once and in float: they may be a step
  // apart, and several after a chain of operators.
  const isChain = name.startsWith("chains");
  const largest = by === "litert" ? 0 : isChain ? Infinity : 1;
  return { largest, relative: FLOAT_TOLERANCE, ...KNOWN[by][name] };
}
