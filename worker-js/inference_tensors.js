// Tensors of the Open Inference Protocol: JSON, or bytes.

import { badRequest } from "./problem.js";
import { arrayOf, tensorBytes } from "./tensor.js";

/** The protocol's names of our dtypes ("Tensor Data Types"). */
const DATATYPES = {
  int8: "INT8",
  uint8: "UINT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float32: "FP32",
};

/**
 * @param {import("./tensor.js").TensorSpec} spec
 * @returns {object} `$metadata_tensor`; of a quantised one, `parameters` tell what its numbers stand for
 */
export function tensorMetadata({ name, shape, dtype, scale, zeroPoint }) {
  const tensor = { name, datatype: DATATYPES[dtype], shape };
  return scale === undefined ? tensor : { ...tensor, parameters: { scale, zero_point: zeroPoint } };
}

/**
 * @param {any} input `$request_input`: a client's, of any form
 * @param {import("./tensor.js").TensorSpec} spec
 * @param {Uint8Array} [binary] its data, when that is not in `input`
 * @returns {Uint8Array} as it lies in the model's memory
 * @throws {import("./problem.js").RequestError} bad-request
 */
export function decodeTensor(input, spec, binary) {
  const name = JSON.stringify(spec.name);
  const { dtype, shape } = spec;
  if (input.datatype !== DATATYPES[dtype])
    throw badRequest(`${name} must have datatype ${DATATYPES[dtype]}.`);
  if (!Array.isArray(input.shape) || input.shape.join() !== shape.join()) {
    throw badRequest(`${name} must have shape [${shape}].`);
  }
  const bytes = tensorBytes(spec);
  if (binary) {
    if (binary.length !== bytes) throw badRequest(`${name} must have ${bytes} bytes.`);
    return binary;
  }
  const flat = Array.isArray(input.data) ? input.data.flat(shape.length) : [];
  const array = arrayOf(dtype, bytes);
  if (flat.length !== array.length)
    throw badRequest(`${name} must have ${array.length} numbers in "data".`);
  for (let i = 0; i < flat.length; ++i) {
    const value = stored(flat[i], dtype);
    if (value !== undefined) array[i] = value;
    if (value === undefined || !isKept(array[i], value, dtype))
      throw badRequest(`${name} has data that is no ${DATATYPES[dtype]}.`);
  }
  return new Uint8Array(array.buffer);
}

/**
 * @param {unknown} given
 * @param {import("./tensor.js").Dtype} dtype
 * @returns {any} what an array of the type takes; undefined where it would throw, or JSON has rounded an int64
 */
function stored(given, dtype) {
  if (dtype !== "int64") return given;
  return Number.isSafeInteger(given) ? BigInt(/** @type {number} */ (given)) : undefined;
}

/**
 * @param {number | bigint} stored
 * @param {unknown} given
 * @param {import("./tensor.js").Dtype} dtype
 * @returns {boolean} whether storing it has kept it: as an integer exactly, as a float rounded
 */
function isKept(stored, given, dtype) {
  return dtype === "float32"
    ? typeof given === "number" && Number.isFinite(stored)
    : stored === given;
}

/**
 * @param {{ spec: import("./tensor.js").TensorSpec, bytes: Uint8Array, isBinary: boolean }} output
 * @returns {object} `$response_output`. Floats are written as the shortest decimals that are the same float64;
 *     what JSON can't write (NaN and the infinities) is null; an int64 beyond 2^53 is rounded, and exact as binary data.
 */
export function encodeTensor({ spec: { name, shape, dtype }, bytes, isBinary }) {
  const output = { name, datatype: DATATYPES[dtype], shape };
  if (isBinary) return { ...output, parameters: { binary_data_size: bytes.length } };
  return { ...output, data: Array.from(arrayOf(dtype, bytes), Number) };
}
