// How far two answers are apart.

const ARRAYS = {
  bool: Uint8Array,
  float32: Float32Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
};

/** A tensor's elements as numbers. */
const elementsOf = (bytes, dtype) =>
  Float64Array.from(new ARRAYS[dtype](bytes.slice().buffer), Number);

/**
 * @typedef {{ bytes: number, differing: number, largest: number, relative: number }} Difference
 *     bytes compared, bytes that differ, the largest difference of integers as stored, and of floats,
 *     divided by the largest of them
 */

/**
 * @param {{ dtype: string }[]} tensors the outputs of the network
 * @param {Uint8Array[][]} expected for each sample, each output's bytes
 * @param {Uint8Array[][]} actual
 * @returns {Difference}
 */
export function compare(tensors, expected, actual) {
  const difference = { bytes: 0, differing: 0, largest: 0, relative: 0 };
  for (const [sample, outputs] of expected.entries()) {
    for (const [i, bytes] of outputs.entries()) {
      const other = actual[sample][i];
      if (bytes.length !== other.length)
        throw new Error(`output ${i}: ${bytes.length} bytes, not ${other.length}`);
      difference.bytes += bytes.length;
      difference.differing += bytes.reduce((count, byte, n) => count + (byte !== other[n]), 0);
      const [a, b] = [elementsOf(bytes, tensors[i].dtype), elementsOf(other, tensors[i].dtype)];
      const distance = (value, n) => (Object.is(value, b[n]) ? 0 : Math.abs(value - b[n]));
      const largest = a.reduce((most, value, n) => Math.max(most, distance(value, n)), 0);
      if (tensors[i].dtype !== "float32") {
        difference.largest = Math.max(difference.largest, largest);
        continue;
      }
      const magnitude = a.reduce(
        (most, value) => Math.max(most, Math.abs(value)),
        Number.MIN_VALUE,
      );
      difference.relative = Math.max(difference.relative, largest / magnitude);
    }
  }
  return difference;
}
