// What is known of each operator's conformance, and why. Entries may only go: nothing gets worse.

// Floats: sums are taken in another order, and some kernels of XNNPACK contract. Relative to the
// largest element of the output.
const FLOAT_TOLERANCE = 3e-5;

// Steps of integers. Wranglet has XNNPACK's roundings; those of native TensorFlow Lite's kernels are others.
// ONNX Runtime computes many operators in float, and rounds once, that Wranglet computes in fixed point, and an
// average it stores anew, which rounds twice.
const STEPS = { litert: 0, tflite: 1, onnxruntime: 2 };
// Where one operator of a chain is a step apart, those behind it multiply it, but few elements are.
const CHAIN = { largest: Infinity, share: 0.15 };

/**
 * How far Wranglet may be from a peer: `largest` in steps of what is stored, `relative` to the largest
 * element of floats, and the `share` of integers' bytes that may differ at all. `reason` says why it is not as
 * little as usual.
 *
 * @typedef {{ largest: number, relative: number, share: number, reason?: string }} Bound
 * @typedef {import("./survey.mjs").Peer} Peer
 */

/**
 * The bound on what is not known to be further.
 *
 * @param {Peer} by
 * @param {string} name "CONV_2D int8", "chains int8"
 * @returns {Bound}
 */
export const usualBound = (by, name) => ({
  largest: STEPS[by],
  relative: FLOAT_TOLERANCE,
  share: 1,
  ...(by !== "litert" && name.startsWith("chains") ? CHAIN : {}),
});

const DYNAMIC_REASON =
  "the others round activations to int8 for every product; Wranglet computes in float32, more exactly";

/**
 * What is further, by the names of random networks; the first that fits counts. The networks of the usual
 * seed show every entry.
 *
 * @type {(Partial<Bound> & { by: Peer[], networks: RegExp })[]}
 */
export const DEVIATIONS = [
  {
    by: ["litert"],
    networks: /^DEPTHWISE_CONV_2D_DYNAMIC float32$/,
    relative: Infinity,
    reason:
      "as the next, and LiteRT.js gives garbage on some batches, as of seed 323, where native TensorFlow Lite crashes",
  },
  {
    by: ["litert", "tflite"],
    networks: /_DYNAMIC float32$/,
    relative: 0.1,
    reason: DYNAMIC_REASON,
  },
  {
    by: ["litert"],
    networks: /^DIV uint8$/,
    largest: 1,
    reason: "TensorFlow Lite divides in fixed point, Wranglet in float32",
  },
  {
    by: ["litert"],
    networks: /^chains uint8$/,
    largest: 8,
    reason: "it has these operators",
  },
];

/** Of which networks Wranglet refuses some, and why. The usual seed shows every entry. */
export const REFUSALS = [];

/** What is known of a network: why Wranglet may refuse it. */
export const refusalOf = (name) => REFUSALS.find(({ networks }) => networks.test(name));

const isOf = (deviation, by, name) => deviation.by.includes(by) && deviation.networks.test(name);

/**
 * The bound on the distance between Wranglet and `by`.
 *
 * @param {Peer} by
 * @param {string} name
 * @returns {Bound}
 */
export const boundOf = (by, name) => ({
  ...usualBound(by, name),
  ...DEVIATIONS.find((deviation) => isOf(deviation, by, name)),
});

/**
 * What this list says and these surveys do not show.
 *
 * @param {Map<string, import("./survey.mjs").Survey>} surveys
 * @param {(distance: import("./survey.mjs").Distance, by: Peer, bound: Bound) => { isClose: boolean }} judge
 * @returns {string[]}
 */
export function findStale(surveys, judge) {
  const all = [...surveys];
  const names = all.map(([name]) => name);
  const isShown = (deviation) =>
    all.some(([name, { distances }]) =>
      Object.entries(distances).some(
        ([by, distance]) =>
          isOf(deviation, by, name) && !judge(distance, by, usualBound(by, name)).isClose,
      ),
    );
  const isRefused = ({ networks }) =>
    all.some(([name, { refused }]) => networks.test(name) && refused.wranglet.length > 0);
  const concerns = ({ networks }) => names.some((name) => networks.test(name));
  return [
    ...DEVIATIONS.filter((entry) => concerns(entry) && !isShown(entry)),
    ...REFUSALS.filter((entry) => concerns(entry) && !isRefused(entry)),
  ].map(({ networks, reason }) => `${networks}: ${reason}`);
}

// Networks of ../shared/models with int8 filters and float activations.
const DYNAMIC_MODEL = { relative: 3e-2, reason: DYNAMIC_REASON };
const addUp = (largest) => ({
  largest,
  reason:
    "a step apart in some operators, which the next ones multiply and a softmax spreads; see operators_test",
});

// By a network of ../shared/models, at its end: where it is more than STEPS.
const MODELS = {
  litert: { "kws_dscnn_float.tflite": DYNAMIC_MODEL },
  tflite: {
    "kws_dscnn_float.tflite": DYNAMIC_MODEL,
    "kws_dscnn_int8.tflite": addUp(16),
    "mobilenet_v2_1.0_224_int8.tflite": addUp(32),
    "resnet8_cifar10_int8.tflite": addUp(80),
    "vww_96_int8.tflite": addUp(4),
  },
  onnxruntime: {
    "mobilenetv2-12-qdq.onnx": {
      relative: 0.1,
      reason: "it adds residuals in float, Wranglet in fixed point; the layers behind multiply it",
    },
  },
};

/**
 * The bound on the distance between Wranglet and `by` at the end of a network of ../shared/models.
 *
 * @param {Peer} by
 * @param {string} name
 * @returns {Bound}
 */
export const boundOfModel = (by, name) => ({ ...usualBound(by, name), ...MODELS[by][name] });

/**
 * The least share of labelled images on which a peer puts the same class first, by network of
 * ../shared/models, where it is not all of them.
 *
 * @type {Record<Peer, Record<string, number>>}
 */
export const LEAST_TOP1 = {
  litert: {},
  // Roundings add up; see addUp. LiteRT.js is as far from it.
  tflite: { "mobilenet_v2_1.0_224_int8.tflite": 0.95, "vww_96_int8.tflite": 0.98 },
  onnxruntime: { "mobilenetv2-12-qdq.onnx": 0.9 },
};

/** The bound for each operator by itself of such a network. */
export const boundOfOperators = (by, name) => ({
  ...usualBound(by, name),
  ...(MODELS[by][name] === DYNAMIC_MODEL ? DYNAMIC_MODEL : {}),
});
