// Many models in little memory: which of them are ready, and which has to go.

import { WeightsError } from "./weights.js";

/** A request waits this long for its model. */
const LOAD_SECONDS = 30;

/** So many of these pass before it takes one for lost who gives no sign of life. */
const SIGNS = 10;

/**
 * @typedef {object} Loading what a request can do for the loading of a model
 * @property {(manifest: import("./model.js").Manifest) => Promise<ReadableStream<Uint8Array>>} open
 * @property {(promise: Promise<unknown>) => void} waitUntil keeps the load going when its request is cancelled
 */

/**
 * When a request was last seen that has asked for a model and not used it yet. Of one whose client breaks off, workerd
 * runs nothing any more, not even its `finally`.
 *
 * @typedef {{ seen: number }} Pin
 */

/** One model's place. */
class Slot {
  /** While there are requests for the model, it stays. @type {Set<Pin>} */
  pins = new Set();
  /** When it was last used, in uses of the pool. */
  used = 0;
  /** @type {Load | undefined} */
  load;

  /** @param {import("./model.js").Model} model */
  constructor(model) {
    this.model = model;
  }
}

/** A model on its way: in the request that asked first, with which it ends when that is cancelled too early. */
class Load {
  seen = Date.now();
  /** Whether its model's memory is accounted for, before that is ready. */
  isReserved = false;
  /** @type {Promise<void>} */
  done = Promise.resolve();
}

/** @param {number} milliseconds */
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Keeps models ready within a budget of memory: each is loaded at its first use, once however many requests wait for it,
 * and the least recently used ones are unloaded for it. None is unloaded while a request uses it. The memory of an
 * unloaded one is free when the engine has collected it.
 */
export class ModelPool {
  #slots;
  #budget;
  #metrics;
  /** In milliseconds: a request's for its model, and between signs of life. */
  #patience;
  #beat;
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
    this.#patience = loadSeconds * 1000;
    this.#beat = this.#patience / SIGNS / 3;
  }

  /** Bytes that models take which are ready or on their way. */
  get bytes() {
    let sum = 0;
    for (const { model, load } of this.#slots.values()) {
      const isComing = load?.isReserved && this.#isAlive(load);
      if (isComing || model.isReady) sum += model.memoryBytes;
    }
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
    const start = Date.now();
    const pin = { seen: start };
    slot.pins.add(pin);
    try {
      // Again, because another request's run may have lost the instance to a trap since.
      while (!model.isReady) {
        pin.seen = Date.now();
        if (pin.seen - start > this.#patience) {
          throw new WeightsError(`loading "${model.manifest.name}" took too long`);
        }
        await this.#wait(slot, loading);
      }
      slot.used = ++this.#uses;
      return work(model);
    } finally {
      slot.pins.delete(pin);
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /** @param {{ seen: number }} one a Pin or a Load */
  #isAlive({ seen }) {
    return Date.now() - seen < this.#patience / SIGNS;
  }

  /**
   * Waits a while for a load: another request's, if that lives, or one's own.
   * @param {Slot} slot
   * @param {Loading} loading
   * @throws what the load failed with
   */
  async #wait(slot, loading) {
    if (!slot.load || !this.#isAlive(slot.load)) {
      const load = new Load();
      slot.load = load;
      load.done = this.#make(slot, load, loading);
      loading.waitUntil(load.done.catch(() => {}));
    }
    await Promise.race([slot.load.done, sleep(this.#beat)]);
  }

  /**
   * @param {Slot} slot
   * @param {Load} load the slot's
   * @param {Loading} loading
   */
  async #make(slot, load, { open }) {
    const { model } = slot;
    const labels = { model: model.manifest.name };
    const start = Date.now();
    // No sign of life of what hangs: another request may try.
    const signs = setInterval(() => {
      load.seen = Date.now();
      if (load.seen - start > this.#patience) clearInterval(signs);
    }, this.#beat);
    try {
      if (!(await this.#makeRoom(slot, load))) return;
      await model.load(open);
      this.#metrics.add("model_loads_total", labels);
    } catch (error) {
      this.#metrics.add("model_load_failures_total", labels);
      throw error;
    } finally {
      clearInterval(signs);
      if (slot.load === load) slot.load = undefined;
    }
  }

  /**
   * Reserves a slot's memory, after unloading what must go.
   * @param {Slot} slot
   * @param {Load} load
   * @returns {Promise<boolean>} false when another request has taken over meanwhile
   */
  async #makeRoom(slot, load) {
    while (slot.load === load && this.bytes + slot.model.memoryBytes > this.#budget) {
      const oldest = this.#oldestIdle();
      if (oldest) {
        oldest.model.unload();
        this.#metrics.add("model_evictions_total", { model: oldest.model.manifest.name });
      } else {
        const woken = new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
        await Promise.race([woken, sleep(this.#beat)]);
      }
    }
    if (slot.load !== load) return false;
    load.isReserved = true;
    return true;
  }

  /** The ready slot that nobody uses and that was used longest ago, if there is one. */
  #oldestIdle() {
    return [...this.#slots.values()]
      .filter(({ model, pins }) => model.isReady && ![...pins].some((pin) => this.#isAlive(pin)))
      .reduce(
        (a, b) => (a && a.used < b.used ? a : b),
        /** @type {Slot | undefined} */ (undefined),
      );
  }
}
