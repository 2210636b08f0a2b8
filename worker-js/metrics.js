// What has happened in this isolate, for Prometheus.

/**
 * Every counter, with what it counts. Names get the prefix `wranglet_`.
 * @type {Record<string, string>}
 */
const COUNTERS = {
  requests_total: "Requests answered, by route and status.",
  inferences_total: "Inferences done, by model.",
  model_loads_total: "Times a model was made ready.",
  model_load_failures_total: "Times a model could not be made ready.",
  model_evictions_total: "Times a model was unloaded to make room.",
  traps_total: "WebAssembly instances lost to a trap, by module.",
};

/** Counters of one isolate. Cloudflare runs many, starts and ends them as it likes: sum over scrapes with care. */
export class Metrics {
  /** @type {Map<string, Map<string, number>>} */
  #values = new Map(Object.keys(COUNTERS).map((name) => [name, new Map()]));

  /**
   * @param {keyof typeof COUNTERS} name
   * @param {Record<string, string | number>} labels of few possible values, none a client's choice
   */
  add(name, labels) {
    const series = /** @type {Map<string, number>} */ (this.#values.get(name));
    const key = Object.entries(labels)
      .map(([label, value]) => `${label}="${escaped(String(value))}"`)
      .join(",");
    series.set(key, (series.get(key) ?? 0) + 1);
  }

  /**
   * @param {Record<string, { help: string, value: number }>} gauges what is true now, by name without prefix
   * @returns {string} the text exposition format, version 0.0.4
   */
  text(gauges) {
    const lines = [];
    for (const [name, help] of Object.entries(COUNTERS)) {
      lines.push(...heading(name, help, "counter"));
      const series = /** @type {Map<string, number>} */ (this.#values.get(name));
      for (const [labels, value] of series) lines.push(`wranglet_${name}{${labels}} ${value}`);
    }
    for (const [name, { help, value }] of Object.entries(gauges)) {
      lines.push(...heading(name, help, "gauge"), `wranglet_${name} ${value}`);
    }
    return lines.join("\n") + "\n";
  }
}

/**
 * @param {string} name
 * @param {string} help
 * @param {string} type
 */
function heading(name, help, type) {
  return [`# HELP wranglet_${name} ${help}`, `# TYPE wranglet_${name} ${type}`];
}

/** @param {string} value */
function escaped(value) {
  return value.replace(/["\\\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}
