// A WebAssembly module that may go wrong, and what keeps the Worker going when it does.

/** Something inside a WebAssembly module went wrong; its instance is gone. */
export class Trap extends Error {
  /**
   * @param {string} name of the module
   * @param {unknown} cause
   */
  constructor(name, cause) {
    super(`${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = "Trap";
  }
}

/** @typedef {Record<string, any> & { memory: WebAssembly.Memory }} Exports */

/**
 * Keeps one instance of a module that imports nothing, made at its first use. When anything throws
 * while it is used, the instance is thrown away with its memory, and the next use gets a new one.
 */
export class Sandbox {
  #name;
  #module;
  #start;
  /** @type {Exports | undefined} */
  #exports;

  /**
   * @param {string} name the module's name in errors
   * @param {WebAssembly.Module} module
   * @param {string[]} needed the exports it must have, besides `memory` and `_initialize`
   * @param {(exports: Exports) => void} [start] makes a new instance ready, after `_initialize`
   */
  constructor(name, module, needed, start = () => {}) {
    const imports = WebAssembly.Module.imports(module);
    if (imports.length > 0) {
      const names = imports.map((entry) => `${entry.module}.${entry.name}`).join(", ");
      throw new Error(`${name} must import nothing, but imports ${names}`);
    }
    const present = new Set(WebAssembly.Module.exports(module).map((entry) => entry.name));
    const missing = ["memory", "_initialize", ...needed].filter((entry) => !present.has(entry));
    if (missing.length > 0) {
      throw new Error(
        `${name} lacks the exports ${missing.join(", ")}; build it and worker-js as one`,
      );
    }
    this.#name = name;
    this.#module = module;
    this.#start = start;
  }

  /** Whether there is an instance, so that the next use need not make one. */
  get isRunning() {
    return this.#exports !== undefined;
  }

  /** The bytes of the instance's memory, 0 while there is none. */
  get bytes() {
    return this.#exports?.memory.buffer.byteLength ?? 0;
  }

  /**
   * @template T
   * @param {(exports: Exports) => T} work
   * @returns {T} what `work` returned
   * @throws {Trap} when the module could not be started or `work` threw
   */
  use(work) {
    try {
      return work((this.#exports ??= this.#instantiate()));
    } catch (error) {
      this.#exports = undefined;
      throw new Trap(this.#name, error);
    }
  }

  /**
   * Makes the instance when that takes waiting: it is in use only when `fill` is done with it.
   *
   * @param {(exports: Exports) => Promise<void>} fill what precedes `start`
   * @throws {Trap} when the module could not be started
   * @throws whatever `fill` rejects with
   */
  async startWith(fill) {
    const exports = this.#guard(() => initialized(this.#module));
    await fill(exports);
    this.#guard(() => this.#start(exports));
    this.#exports = exports;
  }

  /** Lets go of the instance and its memory; the next use gets a new one. */
  drop() {
    this.#exports = undefined;
  }

  /** @returns {Exports} */
  #instantiate() {
    const exports = initialized(this.#module);
    this.#start(exports);
    return exports;
  }

  /**
   * @template T
   * @param {() => T} work
   */
  #guard(work) {
    try {
      return work();
    } catch (error) {
      throw new Trap(this.#name, error);
    }
  }
}

/** @param {WebAssembly.Module} module */
function initialized(module) {
  const exports = /** @type {Exports} */ (new WebAssembly.Instance(module).exports);
  exports._initialize();
  return exports;
}

/**
 * @param {Exports} exports
 * @param {number} pointer as an export returned it
 * @param {number} bytes
 * @returns {Uint8Array} a view, valid until the memory grows
 * @throws {RangeError} when this is not within the memory
 */
export function view(exports, pointer, bytes) {
  return new Uint8Array(exports.memory.buffer, pointer, bytes);
}
