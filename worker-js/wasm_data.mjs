// How much of a module's file is content of its memory.

const HEADER = 8; // bytes
const DATA_SECTION = 11;
const I32_CONST = 0x41;
const END = 0x0b;

/**
 * Adds up the bytes of a module's file that tell what its memory holds between two addresses: of data segments, with what
 * says where they belong. Runs of zeros are in none, for Binaryen leaves them out.
 *
 * @param {Uint8Array} wasm a module (https://webassembly.github.io/spec/core/binary/modules.html)
 * @param {number} start
 * @param {number} end
 * @returns {number}
 * @throws {Error} when a segment's place is no constant
 */
export function dataBytes(wasm, start, end) {
  let sum = 0;
  for (const { address, header, bytes } of placedSegments(wasm)) {
    const inside = Math.min(address + bytes, end) - Math.max(address, start);
    if (inside > 0) sum += header + inside;
  }
  return sum;
}

/** The data segments that have an address: those that the module places itself have none. */
function* placedSegments(wasm) {
  const reader = new Reader(wasm, HEADER);
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const size = reader.number();
    const next = reader.at + size;
    for (let left = id === DATA_SECTION ? reader.number() : 0; left > 0; --left) {
      const from = reader.at;
      const kind = reader.number(); // 0: into memory 0; 1: when the module says; 2: into a memory
      if (kind === 2) reader.number();
      const address = kind === 1 ? undefined : reader.constant();
      const bytes = reader.number();
      if (address !== undefined) yield { address, header: reader.at - from, bytes };
      reader.at += bytes;
    }
    reader.at = next;
  }
}

class Reader {
  #bytes;

  constructor(bytes, at) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.#bytes[this.at++];
  }

  /** LEB128, of up to 32 bits. */
  number(isSigned = false) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      return isSigned && byte & 0x40 && shift < 25 ? value | (-1 << (shift + 7)) : value >>> 0;
    }
  }

  /** A constant expression that is an address. */
  constant() {
    const isConstant = this.byte() === I32_CONST;
    const address = this.number(true) >>> 0;
    if (!isConstant || this.byte() !== END) {
      throw new Error("a data segment's place is no constant");
    }
    return address;
  }
}
