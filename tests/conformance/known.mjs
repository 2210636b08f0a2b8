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
  relative: 0.1,
  reason:
    "the others round activations to int8 for every product; Wranglet computes in float32, more exactly",
};

// What uint8 networks differ in, as Wranglet runs them on int8 kernels.
const UNSIGNED = {
  largest: 1,
  reason: "LiteRT.js computes this in uint8, with roundings that are not int8's moved by 128",
};

/**
 * How far Wranglet may be from the other, by "OPERATOR precision": `largest`, in steps of what is stored, or
 * `relative` of a float output; `reason` says why it is not as little as for all others.
 *
 * @type {Record<import("./survey.mjs").Peer, Record<string, { largest?: number, relative?: number, reason: string }>>}
 */
const DEVIATIONS = {
  litert: {
    "CONV_2D_DYNAMIC float32": DYNAMIC,
    "DEPTHWISE_CONV_2D uint8": OWN_KERNEL,
    "DEPTHWISE_CONV_2D_DYNAMIC float32": {
      relative: Infinity,
      reason:
        "LiteRT.js gives garbage on some batches, as of seed 323, where native TensorFlow Lite crashes",
    },
    "DEPTHWISE_CONV_2D_OLD int8": OWN_KERNEL,
    "DEPTHWISE_CONV_2D_OLD uint8": OWN_KERNEL,
    "FULLY_CONNECTED_DYNAMIC float32": DYNAMIC,
    "L2_NORMALIZATION uint8": UNSIGNED,
    "MEAN int8": { largest: 1, reason: "over 16 channels, of seed 1037: not yet found" },
    "MEAN uint8": UNSIGNED,
    "TRANSPOSE_CONV int8": OWN_KERNEL,
    "TRANSPOSE_CONV uint8": OWN_KERNEL,
    "chains int8": { largest: 1, reason: "LOGISTIC after ABS, seed 20241504: not yet found" },
    "chains uint8": { ...UNSIGNED, largest: 8 },
  },
  tflite: {
    "CONV_2D_DYNAMIC float32": DYNAMIC,
    "DEPTHWISE_CONV_2D_DYNAMIC float32": DYNAMIC,
    "FULLY_CONNECTED_DYNAMIC float32": DYNAMIC,
  },
  onnxruntime: {},
};

const NO_KERNEL = "there is no kernel yet";

/** Operators, in one precision or all, of which Wranglet refuses some networks, and why. */
const REFUSALS = {
  ConvTranspose: NO_KERNEL,
  "DIV uint8": "quotients are computed in float32 only",
  chains: "they have these operators",
};

/**
 * @param {string} name "CONV_2D int8"
 * @returns {string | undefined} why it refuses some of these
 */
export const refusalOf = (name) => REFUSALS[name] ?? REFUSALS[name.split(" ")[0]];

/**
 * The bound on the distance between Wranglet and `by`.
 *
 * @param {import("./survey.mjs").Peer} by
 * @param {string} name "CONV_2D int8"
 * @returns {{ largest: number, relative: number }}
 */
export function boundOf(by, name) {
  const steps = name.startsWith("chains") ? Infinity : NATIVE_STEPS;
  const largest = by === "tflite" ? steps : 0;
  return { largest, relative: FLOAT_TOLERANCE, ...DEVIATIONS[by][name] };
}
