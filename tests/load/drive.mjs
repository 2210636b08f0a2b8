// Drives a Worker with autocannon, and judges every answer.

import { createRequire } from "node:module";
import path from "node:path";

const packages = createRequire(path.resolve(process.env.WRANGLET_TESTS_PACKAGES, "here.js"));
const autocannon = packages("autocannon");

/** As many wrong answers are kept word by word. */
const KEPT = 10;

/** Counts of answers, and the wrong ones. */
export class Tally {
  /** Answers by what was sent and their status, such as `photo 200`. @type {Map<string, number>} */
  counts = new Map();
  /** How many were not what they must be. */
  wrong = 0;
  /** The first of these. @type {string[]} */
  examples = [];

  /**
   * @param {import("./mix.mjs").Kind} kind
   * @param {number} status
   * @param {string} body
   */
  record(kind, status, body) {
    const key = `${kind.name} ${status}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (status === kind.status && isRight(kind, body)) return;
    if (++this.wrong <= KEPT) this.examples.push(`${key}: ${body.slice(0, 300)}`);
  }

  get total() {
    return [...this.counts.values()].reduce((a, b) => a + b, 0);
  }
}

/**
 * @param {import("./mix.mjs").Kind} kind
 * @param {string} body
 */
function isRight(kind, body) {
  try {
    return kind.isRight(JSON.parse(body));
  } catch {
    return false;
  }
}

/**
 * Sends `kinds` in turn on every connection, each starting with another, the next as soon as one is answered.
 *
 * @param {URL} url
 * @param {import("./mix.mjs").Kind[]} kinds
 * @param {object} how
 * @param {number} how.connections
 * @param {number} [how.amount] how many requests; or else
 * @param {number} [how.seconds] how long
 * @param {number} [how.connectionRate] requests a second and connection, at most
 * @param {Tally} tally
 * @returns {Promise<{ latency: object, errors: number, seconds: number }>} latency: milliseconds by quantile, as
 *     `p50`; errors: connections that broke or timed out
 */
export async function drive(url, kinds, { connections, amount, seconds, connectionRate }, tally) {
  let next = 0;
  const requests = kinds.map((kind) => ({
    method: kind.method,
    path: kind.path,
    body: kind.body,
    headers: kind.headers,
    onResponse: (status, body) => tally.record(kind, status, body),
  }));
  const result = await autocannon({
    url: url.origin,
    connections,
    ...(amount ? { amount } : { duration: seconds }),
    ...(connectionRate && { connectionRate }),
    timeout: 30,
    requests,
    setupClient: (client) => {
      const first = next++ % requests.length;
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  const { latency, errors, duration } = result;
  return { latency, errors, seconds: duration };
}
