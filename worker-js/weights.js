// Weights that are not part of the Worker: where they lie, and how they get into a module's memory.

import { RequestError } from "./problem.js";

/** Weights that did not come, or not whole. The request may be tried again. */
export class WeightsError extends RequestError {
  /**
   * @param {string} log what happened: the sender only gets to know that the model is not there
   * @param {ErrorOptions} [options]
   */
  constructor(log, options = {}) {
    const headers = { "retry-after": "5" };
    super("model-unavailable", "The model can't be loaded now. Try again.", {
      ...options,
      headers,
      log,
    });
  }
}

/**
 * The name of a model's weights in every store. It holds their hash: another version never takes their place, and what
 * is cached is never stale.
 *
 * @param {import("./model.js").Manifest} manifest
 */
export function weightsKey({ name, weights: { sha256 } }) {
  return `${name}/${sha256}.bin`;
}

/**
 * Where weights may lie, by the attribute `weights` of wrangler_worker: what gives the stream of a key, or null when the
 * store has none.
 *
 * @type {Record<string, (binding: any, key: string) => Promise<ReadableStream<Uint8Array> | null>>}
 */
const STORES = {
  assets: async (assets, key) => {
    const url = `https://assets.invalid/${key.split("/").map(encodeURIComponent).join("/")}`;
    const response = await assets.fetch(new Request(url));
    return response.ok ? response.body : null;
  },
  kv: (namespace, key) => namespace.get(key, "stream"),
  r2: async (bucket, key) => (await bucket.get(key))?.body ?? null,
};

/** The binding of the store in wrangler.toml. */
export const WEIGHTS_BINDING = "WEIGHTS";

/**
 * @param {string} store a key of STORES
 * @param {Record<string, any>} env the Worker's bindings
 * @returns {(manifest: import("./model.js").Manifest) => Promise<ReadableStream<Uint8Array>>} as Model.load takes it
 */
export function openWeights(store, env) {
  return async (manifest) => {
    const key = weightsKey(manifest);
    const binding = env[WEIGHTS_BINDING];
    if (!binding)
      throw new WeightsError(`wrangler.toml has no binding ${WEIGHTS_BINDING} (${store})`);
    const stream = await STORES[store](binding, key).catch((cause) => {
      throw new WeightsError(`${store} failed for ${key}: ${cause}`, { cause });
    });
    if (!stream) throw new WeightsError(`${store} has no ${key}; were the weights uploaded?`);
    return stream;
  };
}

/** @param {string} store */
export function isStore(store) {
  return Object.hasOwn(STORES, store);
}

/**
 * Streams weights to where the module wants them; there is never a second copy of all of them.
 *
 * @param {Uint8Array} memory where they belong, of their size
 * @param {import("./model.js").Manifest} manifest
 * @param {(manifest: import("./model.js").Manifest) => Promise<ReadableStream<Uint8Array>>} open
 * @throws {WeightsError} when they can't be had, or are too few, too many or others
 */
export async function fillWeights(memory, manifest, open) {
  const { name, weights } = manifest;
  let at = 0;
  const stream = await open(manifest);
  try {
    for await (const chunk of stream) {
      if (at + chunk.length > memory.length) throw new Error("there are more bytes");
      memory.set(chunk, at);
      at += chunk.length;
    }
  } catch (cause) {
    throw new WeightsError(`weights of "${name}" broke off at byte ${at}: ${cause}`, { cause });
  }
  if (at !== memory.length) {
    throw new WeightsError(`weights of "${name}" have ${at} bytes, not ${memory.length}`);
  }
  if ((await sha256(memory)) !== weights.sha256) {
    throw new WeightsError(`weights of "${name}" are not those of the manifest (SHA-256)`);
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} in hex
 */
export async function sha256(bytes) {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    /** @type {Uint8Array<ArrayBuffer>} */ (bytes),
  );
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
