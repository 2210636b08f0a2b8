// Many models in little memory: which of them are ready, and which has to go.

import { WeightsError } from "./weights.js";

/** A request waits this long for a model that another one is loading, then the load is given up as lost. */
const LOAD_SECONDS = 30;

/**
 * @typedef {object} Loading what a request can do for the loading of a model
 * @property {(manifest: import("./model.js").Manifest) => Promise<ReadableStream<Uint8Array>>} open
 * @property {(promise: Promise<unknown>) => void} waitUntil keeps the load going when its request is cancelled
 */

/** One model's place. */
class Slot {
  /** Requests between asking for the model and having used it: while there are any, it stays. */
  pins = 0;
  /** When it was last used, in uses of the pool. */
  used = 0;
  /** Its memory is accounted for, before it is ready. */
  isReserved = false;
  /** @type {Promise<void> | undefined} */
  loading;

  /** @param {import("./model.js").Model} model */
  constructor(model) {
    this.model = model;
  }

  /** @returns {number} bytes it takes of the budget */
  get bytes() {
    return this.isReserved || this.model.isReady ? this.model.memoryBytes : 0;
  }
}

/**
 * Keeps models ready within a budget of memory: each is loaded at its first use, once however many requests wait for it,
 * and the least recently used ones are unloaded for it. None is unloaded while a request uses it. The memory of an
 * unloaded one is free when the engine has collected it.
 */
export class ModelPool {
  #slots;
  #budget;
  #metrics;
  #loadSeconds;
  #uses = 0;
  /** Those who wait for room. @type {(() => void)[]} */
  #waiting = [];

  /**
   * @param {import("./model.js").Model[]} models
   * @param {object} options
   * @param {number} options.budget bytes
   * @param {import("./metrics.js").Metrics} options.metrics
   * @param {number} [options.loadSeconds]
   * @throws {Error} when a model alone is over the budget
   */
  constructor(models, { budget, metrics, loadSeconds = LOAD_SECONDS }) {
    for (const { manifest, memoryBytes } of models) {
      if (memoryBytes > budget) {
        throw new Error(
          `model "${manifest.name}" takes ${memoryBytes} bytes of memory, more than the budget of ${budget}; ` +
            "raise memory_budget_mb of wrangler_worker",
        );
      }
    }
    this.#slots = new Map(models.map((model) => [model, new Slot(model)]));
    this.#budget = budget;
    this.#metrics = metrics;
    this.#loadSeconds = loadSeconds;
  }

  /** Bytes that ready models take. */
  get bytes() {
    let sum = 0;
    for (const slot of this.#slots.values()) sum += slot.bytes;
    return sum;
  }

  /** How many models are ready. */
  get ready() {
    return [...this.#slots.keys()].filter((model) => model.isReady).length;
  }

  /**
   * @template T
   * @param {import("./model.js").Model} model one of the pool's
   * @param {Loading} loading
   * @param {(model: import("./model.js").Model) => T} work done at once, with the model ready
   * @returns {Promise<T>}
   * @throws {WeightsError} when the model can't be loaded
   * @throws {import("./sandbox.js").Trap} when it does not start, or `work` fails in it
   */
  async use(model, loading, work) {
    const slot = /** @type {Slot} */ (this.#slots.get(model));
    ++slot.pins;
    try {
      // Again, because another request's run may have lost the instance to a trap since.
      while (!model.isReady) await this.#made(slot, loading);
      slot.used = ++this.#uses;
      return work(model);
    } finally {
      --slot.pins;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /**
   * Waits for a load, one's own or another request's. The latter may never end, as its request may have been cancelled.
   * @param {Slot} slot
   * @param {Loading} loading
   */
  async #made(slot, loading) {
    if (!slot.loading) {
      const load = this.#load(slot, loading).finally(() => {
        if (slot.loading === load) this.#forget(slot);
      });
      slot.loading = load;
      loading.waitUntil(load.catch(() => {}));
    }
    const load = slot.loading;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        if (slot.loading === load) this.#forget(slot);
        reject(new WeightsError(`loading "${slot.model.manifest.name}" took too long`));
      }, this.#loadSeconds * 1000);
    });
    try {
      await Promise.race([load, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {Slot} slot */
  #forget(slot) {
    slot.loading = undefined;
    slot.isReserved = false;
  }

  /**
   * @param {Slot} slot
   * @param {Loading} loading
   */
  async #load(slot, { open }) {
    const labels = { model: slot.model.manifest.name };
    await this.#makeRoom(slot);
    try {
      await slot.model.load(open);
      this.#metrics.add("model_loads_total", labels);
    } catch (error) {
      this.#metrics.add("model_load_failures_total", labels);
      throw error;
    }
  }

  /**
   * Reserves a slot's memory, after unloading what must go.
   * @param {Slot} slot
   */
  async #makeRoom(slot) {
    while (this.bytes + slot.model.memoryBytes > this.#budget) {
      const oldest = this.#oldestIdle();
      if (oldest) {
        oldest.model.unload();
        this.#metrics.add("model_evictions_total", { model: oldest.model.manifest.name });
      } else {
        await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
      }
    }
    slot.isReserved = true;
  }

  /** The ready slot that nobody uses and that was used longest ago, if there is one. */
  #oldestIdle() {
    return [...this.#slots.values()]
      .filter((slot) => slot.model.isReady && slot.pins === 0)
      .reduce(
        (a, b) => (a && a.used < b.used ? a : b),
        /** @type {Slot | undefined} */ (undefined),
      );
  }
}
