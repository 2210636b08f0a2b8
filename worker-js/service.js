// The models of a Worker and what serves them: without HTTP, and shared by all ways to ask.

import { Classifier, stopwatch } from "./classifier.js";
import { ImageCodec } from "./image.js";
import { Metrics } from "./metrics.js";
import { ModelPool } from "./pool.js";
import { Trap } from "./sandbox.js";
import { isStore, openWeights } from "./weights.js";

/**
 * What belongs to one request.
 * @typedef {object} Context
 * @property {Record<string, any>} env the Worker's bindings
 * @property {(promise: Promise<unknown>) => void} waitUntil as of a Worker's ExecutionContext
 */

export class Service {
  #pool;
  #store;

  /**
   * A Worker's only model is made ready at once, if its weights are at hand: Cloudflare does not count start-up against
   * a request. One of several waits for its first request.
   *
   * @param {object} parts
   * @param {WebAssembly.Module} parts.image image.wasm
   * @param {import("./model.js").ModelFiles[]} parts.models
   * @param {number} parts.memoryBudget bytes that ready models may take
   * @param {string} parts.weights where external weights lie: "modules" (they come with the files), or a store of weights.js
   * @throws {Error} when the parts do not belong together
   */
  constructor({ image, models, memoryBudget, weights }) {
    if (models.length === 0) throw new Error("a Worker needs a model");
    if (weights !== "modules" && !isStore(weights)) {
      throw new Error(`weights "${weights}" is none of modules, assets, kv and r2`);
    }
    this.metrics = new Metrics();
    this.#store = weights;
    const codec = new ImageCodec(image);
    /** @type {Map<string, Classifier>} by name, in the order they were given */
    this.classifiers = new Map();
    for (const files of models) {
      const { name } = files.manifest;
      if (this.classifiers.has(name)) throw new Error(`two models are called "${name}"`);
      const options = { isFetched: weights !== "modules" };
      this.classifiers.set(name, new Classifier(files, codec, options));
    }
    const all = [...this.classifiers.values()].map(({ model }) => model);
    this.#pool = new ModelPool(all, { budget: memoryBudget, metrics: this.metrics });
    this.memoryBudget = memoryBudget;
    if (all.length === 1 && !all[0].isFetched) {
      codec.prepare();
      all[0].prepare();
    }
  }

  /** The first model. @returns {Classifier} */
  get first() {
    return /** @type {Classifier} */ (this.classifiers.values().next().value);
  }

  /**
   * @param {Classifier} classifier one of this service's, that takes images
   * @param {Uint8Array} image
   * @param {Context} context
   * @returns {Promise<import("./classifier.js").Classification>}
   * @throws {import("./problem.js").RequestError} when the image is to blame, or the model can't be loaded
   * @throws {Trap} when the network failed
   */
  async classify(classifier, image, context) {
    const watch = stopwatch();
    const tensors = classifier.toTensors(image);
    const decode = watch();
    const { outputs, timing } = await this.infer(classifier, tensors, context);
    return { classes: classifier.toClasses(outputs), timing: { ...timing, decode } };
  }

  /**
   * @param {Classifier} classifier one of this service's
   * @param {Uint8Array[]} tensors of the model's inputs' sizes
   * @param {Context} context
   * @returns {Promise<{ outputs: Uint8Array[], timing: import("./classifier.js").Timing }>}
   */
  async infer({ model, manifest }, tensors, context) {
    const watch = stopwatch();
    const loading = { open: openWeights(this.#store, context.env), waitUntil: context.waitUntil };
    try {
      const result = await this.#pool.use(model, loading, (ready) => {
        const load = watch();
        const outputs = ready.run(tensors);
        return { outputs, timing: { decode: 0, load, infer: watch() } };
      });
      this.metrics.add("inferences_total", { model: manifest.name });
      return result;
    } catch (error) {
      if (error instanceof Trap) this.metrics.add("traps_total", { module: manifest.name });
      throw error;
    }
  }

  /** @returns {string} /metrics */
  metricsText() {
    return this.metrics.text({
      models: { help: "Models of this Worker.", value: this.classifiers.size },
      models_ready: { help: "Models that are in memory.", value: this.#pool.ready },
      memory_bytes: { help: "Memory that ready models take.", value: this.#pool.bytes },
      memory_budget_bytes: { help: "Memory they may take.", value: this.memoryBudget },
    });
  }
}
