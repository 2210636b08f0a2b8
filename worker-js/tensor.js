// Tensors as the manifest describes them: how many bytes they take and what numbers they hold.

/** @typedef {"int8" | "uint8" | "int16" | "int32" | "int64" | "float32"} Dtype */

/**
 * @typedef {object} TensorSpec
 * @property {string} name
 * @property {number[]} shape
 * @property {Dtype} dtype
 * @property {number} [scale] real = scale * (stored - zeroPoint); absent when the numbers are real already
 * @property {number} [zeroPoint]
 * @property {"probabilities" | "logits" | "tensor"} [kind] of outputs: what the numbers mean
 * @property {ImageSpec} [image] of inputs: how an image becomes this tensor; absent when it is none
 */

/**
 * @typedef {object} ImageSpec
 * @property {number} width
 * @property {number} height
 * @property {"rgb" | "bgr" | "gray"} color
 * @property {"center" | "stretch" | "letterbox"} crop
 * @property {string} table base64 of 256 stored values a channel, channel-major
 */

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
};

/**
 * @param {Dtype} dtype
 * @returns {number} bytes of one element
 */
export function elementBytes(dtype) {
  const array = ARRAYS[dtype];
  if (!array) throw new Error(`dtype "${dtype}" is unknown; update worker-js with the compiler`);
  return array.BYTES_PER_ELEMENT;
}

/**
 * @param {TensorSpec} spec
 * @returns {number} bytes of the whole tensor
 */
export function tensorBytes(spec) {
  return spec.shape.reduce((product, size) => product * size, elementBytes(spec.dtype));
}

/**
 * @param {Uint8Array} bytes a tensor as it lies in memory, little-endian as all of WebAssembly
 * @param {TensorSpec} spec
 * @returns {number[]} its real numbers, computed in double precision
 */
export function realValues(bytes, { dtype, scale = 1, zeroPoint = 0 }) {
  return Array.from(arrayOf(dtype, bytes), (value) => (Number(value) - zeroPoint) * scale);
}

/**
 * @param {Dtype} dtype
 * @param {Uint8Array | number} bytes a tensor's, or how many zeros
 * @returns {any} a typed array of its elements: a copy, because a view must start at a multiple of an element's size
 */
export function arrayOf(dtype, bytes) {
  const size = elementBytes(dtype);
  return typeof bytes === "number"
    ? new ARRAYS[dtype](bytes / size)
    : new ARRAYS[dtype](bytes.slice().buffer, 0, bytes.length / size);
}
