// Just enough of a .tflite file's layout (flatbuffers, TensorFlow Lite's schema) to make networks of
// single operators out of it.

// Positions of fields in their tables.
const MODEL_SUBGRAPHS = 2;
const MODEL_BUFFERS = 4;
const MODEL_SIGNATURES = 7;
const SUBGRAPH_TENSORS = 0;
const SUBGRAPH_INPUTS = 1;
const SUBGRAPH_OUTPUTS = 2;
const SUBGRAPH_OPERATORS = 3;
const OPERATOR_INPUTS = 1;
const OPERATOR_OUTPUTS = 2;
const TENSOR_BUFFER = 2;
const BUFFER_DATA = 0;

class Table {
  constructor(view, at) {
    this.view = view;
    this.at = at;
  }

  /** Where field `i` is, or 0 when it is absent. */
  field(i) {
    const layout = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + 2 * i;
    if (entry >= this.view.getUint16(layout, true)) return 0;
    const offset = this.view.getUint16(layout + entry, true);
    return offset === 0 ? 0 : this.at + offset;
  }

  /** Field `i`, an integer of 32 bits that is 0 when absent. */
  number(i) {
    const field = this.field(i);
    return field === 0 ? 0 : this.view.getUint32(field, true);
  }

  /** Where field `i`, a vector, has its length; the elements follow. 0 when it is absent. */
  vector(i) {
    const field = this.field(i);
    return field === 0 ? 0 : field + this.view.getUint32(field, true);
  }

  length(i) {
    const vector = this.vector(i);
    return vector === 0 ? 0 : this.view.getUint32(vector, true);
  }

  /** The elements of field `i`, a vector of integers of 32 bits. */
  numbers(i) {
    const first = this.vector(i) + 4;
    return Array.from({ length: this.length(i) }, (_, n) =>
      this.view.getInt32(first + 4 * n, true),
    );
  }

  tables(i) {
    const first = this.vector(i) + 4;
    return this.numbers(i).map((offset, n) => new Table(this.view, first + 4 * n + offset));
  }
}

function open(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const model = new Table(view, view.getUint32(0, true));
  return { view, model, graph: model.tables(MODEL_SUBGRAPHS)[0] };
}

/** @param {Uint8Array} bytes */
export const countOperators = (bytes) => open(bytes).graph.length(SUBGRAPH_OPERATORS);

/**
 * A network of one operator of the file, with its constants.
 *
 * @param {Uint8Array} bytes
 * @param {number} index
 * @returns {Uint8Array}
 */
export function withOnlyOperator(bytes, index) {
  const { model, graph } = open(bytes);
  const buffers = model.tables(MODEL_BUFFERS);
  const tensors = graph.tables(SUBGRAPH_TENSORS);
  const isConstant = (id) => buffers[tensors[id].number(TENSOR_BUFFER)].length(BUFFER_DATA) > 0;
  const operator = graph.tables(SUBGRAPH_OPERATORS)[index];
  const inputs = operator.numbers(OPERATOR_INPUTS).filter((id) => id >= 0 && !isConstant(id));
  const outputs = operator.numbers(OPERATOR_OUTPUTS);

  // New vectors go behind the file, where offsets, which are positive, can lead.
  const added = [...new Set(inputs)];
  const lists = [
    [SUBGRAPH_INPUTS, added],
    [SUBGRAPH_OUTPUTS, outputs],
  ];
  let end = Math.ceil(bytes.length / 4) * 4;
  const copy = new Uint8Array(end + 4 * (2 + added.length + outputs.length));
  copy.set(bytes);
  const view = new DataView(copy.buffer);
  for (const [field, list] of lists) {
    view.setUint32(graph.field(field), end - graph.field(field), true);
    for (const number of [list.length, ...list]) {
      view.setInt32(end, number, true);
      end += 4;
    }
  }
  const operators = graph.vector(SUBGRAPH_OPERATORS);
  view.setUint32(operators, 1, true);
  view.setUint32(operators + 4, operator.at - (operators + 4), true);
  // They name the whole network's inputs and outputs.
  const signatures = model.vector(MODEL_SIGNATURES);
  if (signatures !== 0) view.setUint32(signatures, 0, true);
  return copy;
}
