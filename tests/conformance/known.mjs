// What is known of each operator's conformance, and why. Entries may only go: nothing gets worse.

// Floats: sums are taken in another order, and some kernels of XNNPACK contract. Relative to the
// largest element of the output.
const FLOAT_TOLERANCE = 1e-5;

// Native TensorFlow Lite's integer kernels round otherwise than XNNPACK's, which Wranglet follows: they
// may be a step apart, and several after a chain of operators.
const NATIVE_STEPS = 1;

const OWN_KERNEL = {
  largest: 1,
  reason:
    "LiteRT.js leaves it to TensorFlow Lite's kernel, which rounds twice; XNNPACK's, as ours, once",
};
const DYNAMIC = {
  relative: 0.03,
  reason:
    "the others round activations to int8 for every product; Wranglet computes in float32, more exactly",
};

/**
 * How far Wranglet may be from the other, by "OPERATOR precision": `largest`, in steps of what is stored, or
 * `relative` of a float output; `reason` says why it is not as little as for all others.
 *
 * @type {Record<"litert" | "tflite", Record<string, { largest?: number, relative?: number, reason: string }>>}
 */
const DEVIATIONS = {
  litert: {
    "CONV_2D_DYNAMIC float32": DYNAMIC,
    "DEPTHWISE_CONV_2D uint8": OWN_KERNEL,
    "DEPTHWISE_CONV_2D_DYNAMIC float32": DYNAMIC,
    "DEPTHWISE_CONV_2D_OLD int8": OWN_KERNEL,
    "DEPTHWISE_CONV_2D_OLD uint8": OWN_KERNEL,
    "FULLY_CONNECTED_DYNAMIC float32": DYNAMIC,
  },
  tflite: {
    "CONV_2D_DYNAMIC float32": DYNAMIC,
    "DEPTHWISE_CONV_2D_DYNAMIC float32": DYNAMIC,
    "FULLY_CONNECTED_DYNAMIC float32": DYNAMIC,
  },
};

/**
 * The bound on the distance between Wranglet and `by`.
 *
 * @param {"litert" | "tflite"} by
 * @param {string} name "CONV_2D int8"
 * @returns {{ largest: number, relative: number }}
 */
export function boundOf(by, name) {
  const steps = name.startsWith("chains") ? Infinity : NATIVE_STEPS;
  const largest = by === "litert" ? 0 : steps;
  return { largest, relative: FLOAT_TOLERANCE, ...DEVIATIONS[by][name] };
}
