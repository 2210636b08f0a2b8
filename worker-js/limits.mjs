// Cloudflare's limits, and how a Worker's folder stands against those that its files alone decide.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** Where Cloudflare publishes what follows; as of November 2026. */
export const LIMITS_PAGE = "https://developers.cloudflare.com/workers/platform/limits/";

const MIB = 1024 * 1024;

/**
 * Limits of every plan, in bytes and milliseconds. Until September 2026 a Worker's size was counted after
 * gzip (3 MB free, 10 MB paid); since then it is the sum of its modules as they are, and wrangler counts likewise.
 */
export const LIMITS = {
  size: 64 * MIB,
  memory: 128_000_000,
  startUp: 1000,
  /** A static asset, and a value in KV. */
  stored: 25 * MIB,
};

/** What a plan grants besides: milliseconds of CPU time a request (paid: 30 s unless limits.cpu_ms says more). */
export const PLANS = { free: { cpu: 10 }, paid: { cpu: 300_000 } };

/**
 * @typedef {object} Needs in bytes
 * @property {number} size of all modules
 * @property {{ name: string, bytes: number }[]} modules the largest first
 * @property {number} memory what serving the largest model takes at least: all modules, and the linear memories of
 *     this model and the image codec as they begin
 * @property {{ name: string, bytes: number }} largest the model of the largest linear memory
 * @property {{ name: string, bytes: number }[]} stored files that go to static assets or KV, the largest first
 */

/**
 * @param {string} folder as wrangler_worker makes it
 * @returns {Needs}
 */
export function folderNeeds(folder) {
  const root = path.join(folder, "src");
  const modules = filesOf(root);
  const size = modules.reduce((sum, { bytes }) => sum + bytes, 0);

  const memories = modules
    .filter(({ name }) => name.endsWith(".wasm"))
    .map(({ name }) => ({ name, bytes: initialMemory(readFileSync(path.join(root, name))) }))
    .sort((a, b) => b.bytes - a.bytes);
  const isModel = ({ name }) => name.startsWith("models/");
  const largest = memories.find(isModel) ?? { name: "no model", bytes: 0 };
  const others = memories.filter((memory) => !isModel(memory));
  const memory = [largest, ...others].reduce((sum, { bytes }) => sum + bytes, size);

  const config = readFileSync(path.join(folder, "wrangler.toml"), "utf8");
  const isStored = /^\[(assets|\[kv_namespaces\])\]/m.test(config);
  return {
    size,
    modules,
    memory,
    largest,
    stored: isStored ? filesOf(path.join(folder, "weights")) : [],
  };
}

/**
 * @param {string} folder which need not be there
 * @returns {{ name: string, bytes: number }[]} the largest first
 */
function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => ({ name, stats: statSync(path.join(folder, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ name, stats }) => ({ name, bytes: stats.size }))
    .sort((a, b) => b.bytes - a.bytes);
}

/**
 * @param {Needs} needs
 * @returns {string[]} what breaks a limit, and what to do
 */
export function breaches({ size, modules, memory, largest, stored }) {
  const found = [];
  if (size > LIMITS.size) {
    const [{ name, bytes }] = modules;
    found.push(
      `its modules are ${mebibytes(size)}, and Cloudflare takes ${mebibytes(LIMITS.size)}; the largest is ` +
        `${name}, ${mebibytes(bytes)}. Take precision "int8", a smaller network, or fewer in one Worker; or keep ` +
        `weights outside of modules (wrangler_worker's attribute weights).`,
    );
  }
  if (memory > LIMITS.memory) {
    found.push(
      `serving takes ${megabytes(memory)} of memory at least, and Cloudflare gives ${megabytes(LIMITS.memory)}; ` +
        `${largest.name} alone has ${megabytes(largest.bytes)}. Take precision "int8", or a smaller network.`,
    );
  }
  for (const { name, bytes } of stored.filter((file) => file.bytes > LIMITS.stored)) {
    found.push(
      `the weights ${name} are ${mebibytes(bytes)}, and static assets and KV take ${mebibytes(LIMITS.stored)} a ` +
        `file. Take weights = "r2", precision "int8", or a smaller network.`,
    );
  }
  return found;
}

// Cloudflare counts a Worker's size in MiB and its memory in MB.
/** @param {number} bytes */
export const mebibytes = (bytes) => `${amount(bytes / MIB)} MiB`;
/** @param {number} bytes */
export const megabytes = (bytes) => `${amount(bytes / 1e6)} MB`;
// Rounded up, so that what is over a limit looks so.
const amount = (value) => (Math.ceil(value * 100) / 100).toLocaleString("en");

const MEMORY_SECTION = 5;
const PAGE = 65536;

/**
 * @param {Uint8Array} module a WebAssembly module (https://webassembly.github.io/spec/core/binary/modules.html)
 * @returns {number} bytes its own memory begins with; 0 when it has none
 */
export function initialMemory(module) {
  let at = 8; // after the magic number and the version
  const unsigned = () => {
    for (let value = 0, shift = 1; ; shift *= 128) {
      const byte = module[at++];
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < module.length) {
    const section = module[at++];
    const bytes = unsigned();
    if (section === MEMORY_SECTION) {
      unsigned(); // how many memories: one
      ++at; // flags: whether there is a maximum
      return unsigned() * PAGE;
    }
    at += bytes;
  }
  return 0;
}
