// A network in TensorFlow.js's API, of its layers as Wranglet's plan lists them: one call a layer, with random
// weights, for time does not depend on those. Convolutions have their bias and a relu6 fused. Nothing of Node.js is
// used here, for Workers run it too.

/**
 * @typedef {object} Layer
 * @property {string} operator
 * @property {number[][]} inputs shapes, those of constants among them
 * @property {number[]} output shape
 */

/**
 * @param {string} summary "Conv2D 1x96x96x3, 16x3x3x3, 16 -> 1x48x48x16"
 * @returns {Layer}
 */
export function parseLayer(summary) {
  const [inputs, output] = summary.split(" -> ").map((part) => part.split(/,? /));
  const shapeOf = (text) => text.split("x").map(Number);
  return { operator: inputs[0], inputs: inputs.slice(1).map(shapeOf), output: shapeOf(output[0]) };
}

// The last `count` values of a shape: what a layer reads, be it the layer before or a shortcut.
const latest = (values, shape, count) =>
  values.filter((value) => String(value.shape) === String(shape)).slice(-count);

/** By operator: from TensorFlow.js and a layer, a function of the values there are so far. */
const LAYERS = {
  Conv2D(tf, { inputs: [image, [out, height, width, depth]], output }) {
    const filter = tf.randomNormal([height, width, depth, out]);
    return convolution(tf, tf.fused.conv2d, image, filter, out, output);
  },
  DepthwiseConv2D(tf, { inputs: [image, [, height, width, channels]], output }) {
    const filter = tf.randomNormal([height, width, channels, 1]);
    return convolution(tf, tf.fused.depthwiseConv2d, image, filter, channels, output);
  },
  FullyConnected(tf, { inputs: [[, depth], [out]] }) {
    const [b, bias] = [tf.randomNormal([depth, out]), tf.randomNormal([out])];
    return (values) => tf.fused.matMul({ a: tf.reshape(values.at(-1), [-1, depth]), b, bias });
  },
  Add:
    (tf, { inputs: [shape] }) =>
    (values) =>
      tf.add(...latest(values, shape, 2)),
  Mean:
    (tf, { output }) =>
    (values) =>
      tf.mean(values.at(-1), [1, 2], output.length === 4),
  AveragePool2D(tf, { inputs: [[, height, width]], output: [, outHeight, outWidth] }) {
    const window = [height / outHeight, width / outWidth];
    return (values) => tf.avgPool(values.at(-1), window, window, "valid");
  },
  Softmax: (tf) => (values) => tf.softmax(values.at(-1)),
};

function convolution(tf, convolve, image, filter, channels, output) {
  const strides = Math.ceil(image[1] / output[1]);
  const pad = output[1] === Math.ceil(image[1] / strides) ? "same" : "valid";
  const bias = tf.randomNormal([channels]);
  return (values) => {
    const [x] = latest(values, image, 1);
    return convolve({ x, filter, strides, pad, bias, activation: "relu6" });
  };
}

/** @param {Layer[]} layers */
export const isTranslated = (layers) => layers.every(({ operator }) => operator in LAYERS);

/**
 * @param {any} tf TensorFlow.js, its backend set
 * @param {Layer[]} layers for which isTranslated
 * @returns {(pixels: Float32Array) => any} from the first layer's input to the last one's output, a tensor
 *     that is its caller's to dispose of
 */
export function networkOf(tf, layers) {
  const calls = layers.map((layer) => LAYERS[layer.operator](tf, layer));
  const [shape] = layers[0].inputs;
  return (pixels) =>
    tf.tidy(() => {
      const values = [tf.tensor(pixels, shape)];
      for (const call of calls) values.push(call(values));
      return values.at(-1);
    });
}
