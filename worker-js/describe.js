// GET /: what is here and how to call it.

import { TENSOR_TYPE } from "./classify_route.js";
import { MAX_PIXELS } from "./image.js";

/**
 * @param {import("./worker.js").Site} site
 * @returns {object} JSON
 */
export function describe({ service, options, version }) {
  const classifiers = [...service.classifiers.values()];
  const isFirst = (/** @type {unknown} */ classifier) => classifier === service.first;
  return {
    name: options.name,
    version,
    models: classifiers.map((one) => describeModel(one, isFirst(one))),
    limits: {
      bodyBytes: options.body.bytes,
      bodySeconds: options.body.seconds,
      pixels: MAX_PIXELS,
    },
    usage: {
      classify: "curl -F image=@photo.jpg URL/classify",
      tensor: `POST the input tensor's bytes to the same path as ${TENSOR_TYPE}`,
      protocol: "/v2: the Open Inference Protocol, version 2",
    },
  };
}

/**
 * @param {import("./classifier.js").Classifier} classifier
 * @param {boolean} isFirst
 */
function describeModel({ manifest, takesImages }, isFirst) {
  const { name, version, precision, inputs, outputs, labels } = manifest;
  const tensor = (/** @type {import("./tensor.js").TensorSpec} */ spec) => {
    const { name, shape, dtype, scale, zeroPoint, kind } = spec;
    return { name, shape, dtype, scale, zeroPoint, kind };
  };
  const { width, height, color, crop } = (takesImages && inputs[0].image) || {};
  return {
    name,
    version,
    precision,
    paths: [...(isFirst ? ["/classify"] : []), classifyPath(manifest)],
    image: takesImages ? { width, height, color, crop } : undefined,
    inputs: inputs.map(tensor),
    outputs: outputs.map(tensor),
    labels: labels?.length ?? 0,
  };
}

/** @param {{ name: string }} manifest */
export function classifyPath({ name }) {
  return `/classify/${encodeURIComponent(name)}`;
}
