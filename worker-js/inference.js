// The Open Inference Protocol, version 2, over HTTP, as KServe publishes it ("Open Inference Protocol (V2 Inference
// Protocol)"), with its binary tensor data extension. Tensors go in and out as the model stores them.

import { readBody } from "./body.js";
import { cacheableJson, json } from "./http.js";
import { decodeTensor, encodeTensor, tensorMetadata } from "./inference_tensors.js";
import { badRequest, RequestError } from "./problem.js";

/** The length of the JSON part of a body whose tensors follow it as bytes. */
const JSON_LENGTH = "inference-header-content-length";

/** @typedef {import("./router.js").Handler<{ site: import("./worker.js").Site, context: import("./service.js").Context }>} Handler */

/** @type {Handler} */
const server = (request, _, { site }) =>
  cacheableJson(request, {
    name: site.options.name,
    version: site.version,
    extensions: ["binary_tensor_data"],
  });

/** @type {Handler} */
const model = (request, parameters, { site }) => {
  const { name, version, inputs, outputs } = find(site, parameters).manifest;
  return cacheableJson(request, {
    name,
    versions: [version],
    platform: "wranglet_wasm",
    inputs: inputs.map(tensorMetadata),
    outputs: outputs.map(tensorMetadata),
  });
};

/** A model is ready when it can be asked: it is loaded for the first who does. @type {Handler} */
const ready = (_request, parameters, { site }) => {
  const { name } = find(site, parameters).manifest;
  return json({ name, ready: true });
};

/** @type {Handler} */
const infer = async (request, parameters, { site, context }) => {
  const classifier = find(site, parameters);
  const { head, tail } = split(request, await readBody(request, site.options.body));
  const asked = parse(head);
  const tensors = inputsOf(asked, tail, classifier.manifest.inputs);
  const wanted = wantedOutputs(asked, classifier.manifest.outputs);
  const { outputs } = await site.service.infer(classifier, tensors, context);
  const { name, version } = classifier.manifest;
  return respond(
    { model_name: name, model_version: version, ...(asked.id && { id: String(asked.id) }) },
    wanted.map(({ index, spec, isBinary }) => ({ spec, isBinary, bytes: outputs[index] })),
  );
};

const MODEL = "/v2/models/:model";
const VERSION = `${MODEL}/versions/:version`;

/** @type {import("./router.js").Route<any>[]} */
export const INFERENCE_ROUTES = [
  { path: "/v2", methods: { GET: server } },
  { path: "/v2/health/live", methods: { GET: () => json({ live: true }) }, isOpen: true },
  { path: "/v2/health/ready", methods: { GET: () => json({ ready: true }) }, isOpen: true },
  ...[MODEL, VERSION].flatMap((path) => [
    { path, methods: { GET: model } },
    { path: `${path}/ready`, methods: { GET: ready } },
    { path: `${path}/infer`, methods: { POST: infer } },
  ]),
];

/**
 * @param {import("./worker.js").Site} site
 * @param {Record<string, string>} parameters
 * @returns {import("./classifier.js").Classifier}
 */
export function find({ service }, { model, version }) {
  const found = service.classifiers.get(model);
  if (!found || (version !== undefined && version !== found.manifest.version)) {
    throw new RequestError("not-found", "GET / tells which models and versions are here.");
  }
  return found;
}

/**
 * @param {Request} request
 * @param {Uint8Array} body
 * @returns {{ head: Uint8Array, tail: Uint8Array }} JSON, and the bytes of tensors
 */
function split(request, body) {
  const text = request.headers.get(JSON_LENGTH);
  if (text === null) return { head: body, tail: body.subarray(body.length) };
  const length = Number(text);
  if (!/^\d{1,15}$/.test(text) || length > body.length) {
    throw badRequest(
      "Inference-Header-Content-Length must be the bytes of the JSON before the tensors.",
    );
  }
  return { head: body.subarray(0, length), tail: body.subarray(length) };
}

/**
 * @param {Uint8Array} bytes
 * @returns {any} an object
 */
function parse(bytes) {
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw badRequest("The body is not JSON in UTF-8.", { cause });
  }
  if (typeof value !== "object" || value === null || !Array.isArray(value.inputs)) {
    throw badRequest('The body must be an object with an array "inputs".');
  }
  return value;
}

/**
 * @param {{ inputs: any[] }} asked
 * @param {Uint8Array} tail
 * @param {import("./tensor.js").TensorSpec[]} specs
 * @returns {Uint8Array[]} in the model's order
 */
function inputsOf({ inputs }, tail, specs) {
  if (inputs.length !== specs.length) throw badRequest(`This model has ${specs.length} inputs.`);
  let at = 0;
  const found = new Map();
  for (const input of inputs) {
    const spec = specs.find(({ name }) => name === input?.name);
    if (!spec || found.has(spec)) {
      throw badRequest(
        `Its inputs are called ${specs.map(({ name }) => JSON.stringify(name)).join(", ")}.`,
      );
    }
    const size = input.parameters?.binary_data_size;
    if (size === undefined) {
      found.set(spec, decodeTensor(input, spec));
    } else {
      found.set(spec, decodeTensor(input, spec, tail.subarray(at, at + Number(size))));
      at += Number(size);
    }
  }
  if (at !== tail.length)
    throw badRequest("binary_data_size must add up to the bytes after the JSON.");
  return specs.map((spec) => found.get(spec));
}

/**
 * @param {any} asked
 * @param {import("./tensor.js").TensorSpec[]} specs
 */
function wantedOutputs({ outputs, parameters }, specs) {
  const isBinary = parameters?.binary_data_output === true;
  if (outputs === undefined) return specs.map((spec, index) => ({ index, spec, isBinary }));
  if (!Array.isArray(outputs)) throw badRequest('"outputs" must be an array.');
  const found = new Set();
  return outputs.map((output) => {
    const index = specs.findIndex(({ name }) => name === output?.name);
    // One that is asked for again and again would make an answer of any size.
    if (index < 0 || found.has(index)) {
      throw badRequest(
        `Its outputs are called ${specs.map(({ name }) => JSON.stringify(name)).join(", ")}.`,
      );
    }
    found.add(index);
    const own = output.parameters?.binary_data;
    return { index, spec: specs[index], isBinary: own === undefined ? isBinary : own === true };
  });
}

/**
 * @param {object} answer
 * @param {{ spec: import("./tensor.js").TensorSpec, bytes: Uint8Array, isBinary: boolean }[]} outputs
 */
function respond(answer, outputs) {
  const value = { ...answer, outputs: outputs.map(encodeTensor) };
  const tensors = outputs.filter(({ isBinary }) => isBinary).map(({ bytes }) => bytes);
  if (tensors.length === 0) return json(value);
  const head = new TextEncoder().encode(JSON.stringify(value));
  return new Response(new Blob([head, .../** @type {any[]} */ (tensors)]), {
    headers: {
      "content-type": "application/octet-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      [JSON_LENGTH]: String(head.length),
    },
  });
}
