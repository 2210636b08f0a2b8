// Just enough of a .tflite file's layout (flatbuffers, TensorFlow Lite's schema) to choose another
// tensor as the output of a network.

// Positions of fields in their tables.
const MODEL_SUBGRAPHS = 2;
const MODEL_SIGNATURES = 7;
const SUBGRAPH_OUTPUTS = 2;
const SUBGRAPH_OPERATORS = 3;
const OPERATOR_OUTPUTS = 2;
const SIGNATURE_OUTPUTS = 1;
const TENSOR_MAP_INDEX = 1;

class Table {
  constructor(view, at) {
    this.view = view;
    this.at = at;
  }

  /** Where field `i` is, or 0 when it is absent. */
  #field(i) {
    const layout = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + 2 * i;
    if (entry >= this.view.getUint16(layout, true)) return 0;
    const offset = this.view.getUint16(layout + entry, true);
    return offset === 0 ? 0 : this.at + offset;
  }

  /** Where the elements of field `i`, a vector, are: 4 bytes each. */
  elements(i) {
    const field = this.#field(i);
    if (field === 0) return [];
    const vector = field + this.view.getUint32(field, true);
    const length = this.view.getUint32(vector, true);
    return Array.from({ length }, (_, n) => vector + 4 + 4 * n);
  }

  tables(i) {
    return this.elements(i).map((at) => new Table(this.view, at + this.view.getUint32(at, true)));
  }

  /** Overwrites field `i`, a 32-bit integer that is present. */
  set(i, value) {
    this.view.setInt32(this.#field(i), value, true);
  }
}

function open(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { view, model: new Table(view, view.getUint32(0, true)) };
}

/**
 * The indices of the tensors that operators write, in the order of execution.
 *
 * @param {Uint8Array} bytes
 * @returns {number[]}
 */
export function writtenTensors(bytes) {
  const { view, model } = open(bytes);
  const [graph] = model.tables(MODEL_SUBGRAPHS);
  return graph
    .tables(SUBGRAPH_OPERATORS)
    .flatMap((operator) =>
      operator.elements(OPERATOR_OUTPUTS).map((at) => view.getInt32(at, true)),
    );
}

/**
 * The same network, its first output another tensor.
 *
 * @param {Uint8Array} bytes
 * @param {number} tensor
 * @returns {Uint8Array}
 */
export function withOutput(bytes, tensor) {
  const copy = Uint8Array.from(bytes);
  const { view, model } = open(copy);
  const [graph] = model.tables(MODEL_SUBGRAPHS);
  view.setInt32(graph.elements(SUBGRAPH_OUTPUTS)[0], tensor, true);
  for (const signature of model.tables(MODEL_SIGNATURES)) {
    signature.tables(SIGNATURE_OUTPUTS)[0].set(TENSOR_MAP_INDEX, tensor);
  }
  return copy;
}
