// The Worker: image classifiers behind HTTP.

import { readBody } from "./body.js";
import { Classifier } from "./classifier.js";
import { ImageCodec, MAX_PIXELS } from "./image.js";
import { problemResponse, RequestError } from "./problem.js";

/**
 * @typedef {object} Options
 * @property {number} [maxBodyBytes] larger bodies are refused
 * @property {number} [top] how many classes an answer lists at most
 */

const DEFAULTS = { maxBodyBytes: 20 * 1024 * 1024, top: 10 };

/** What is done for each method; `Allow` is its keys. */
const METHODS = { GET: describe, HEAD: head, POST: answer, OPTIONS: options };

const ALLOW = Object.keys(METHODS).join(", ");

/**
 * Makes a Worker. Each model answers at `/NAME`, the first at `/` too:
 *
 * - `POST` with a JPEG as the body: `{"model", "version", "label", "score", "classes": [{"label",
 *   "index", "score"}], "timing": {"decode", "infer"}}`
 * - `GET`: what the model is and how to call it, as JSON
 *
 * Everything else gets a problem of problem.js. Models are made ready at their first request, but a
 * Worker's only model when it starts: Cloudflare does not count that time against a request.
 *
 * @param {object} parts
 * @param {WebAssembly.Module} parts.image image.wasm
 * @param {import("./model.js").ModelFiles[]} parts.models
 * @param {Options} [parts.options]
 * @returns {{ fetch(request: Request): Promise<Response> }}
 * @throws {Error} when the parts do not belong together: the Worker does not start
 */
export function createWorker({ image, models, options = {} }) {
  const codec = new ImageCodec(image);
  const classifiers = models.map((files) => new Classifier(files, codec));
  const service = {
    classifiers,
    routes: routes(classifiers),
    options: { ...DEFAULTS, ...options },
  };
  if (classifiers.length === 1) {
    codec.prepare();
    classifiers[0].prepare();
  }
  return {
    async fetch(request) {
      try {
        return await serve(service, request);
      } catch (error) {
        return problemResponse(error);
      }
    },
  };
}

/**
 * @typedef {object} Service
 * @property {Classifier[]} classifiers
 * @property {Map<string, Classifier>} routes by path
 * @property {Required<Options>} options
 */

/**
 * @param {Classifier[]} classifiers
 * @returns {Map<string, Classifier>}
 */
function routes(classifiers) {
  if (classifiers.length === 0) throw new Error("a Worker needs a model");
  const found = new Map([["/", classifiers[0]]]);
  for (const classifier of classifiers) {
    const path = pathOf(classifier);
    if (found.has(path)) throw new Error(`two models are called "${classifier.manifest.name}"`);
    found.set(path, classifier);
  }
  return found;
}

/** @param {Classifier} classifier */
function pathOf(classifier) {
  return `/${encodeURIComponent(classifier.manifest.name)}`;
}

/**
 * @param {Service} service
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function serve(service, request) {
  const classifier = service.routes.get(new URL(request.url).pathname);
  if (!classifier) {
    throw new RequestError("not-found", "GET / tells which models are here.");
  }
  if (!Object.hasOwn(METHODS, request.method)) {
    const headers = { allow: ALLOW };
    throw new RequestError("method-not-allowed", `Use one of ${ALLOW}.`, { headers });
  }
  const method = /** @type {keyof typeof METHODS} */ (request.method);
  return METHODS[method](service, classifier, request);
}

/**
 * POST: classifies the body.
 * @param {Service} service
 * @param {Classifier} classifier
 * @param {Request} request
 */
async function answer({ options: { maxBodyBytes, top } }, classifier, request) {
  const body = await readBody(request, maxBodyBytes);
  const { classes, timing } = classifier.classify(body);
  const { name: model, version } = classifier.manifest;
  const [{ label, score }] = classes;
  return json(
    { model, version, label, score, classes: classes.slice(0, top), timing },
    {
      "cache-control": "no-store",
      "server-timing": `decode;dur=${timing.decode}, infer;dur=${timing.infer}`,
    },
  );
}

/**
 * GET: describes the model and its neighbours.
 * @param {Service} service
 * @param {Classifier} classifier
 */
async function describe({ classifiers, options: { maxBodyBytes } }, classifier) {
  const { name, version, precision, inputs, outputs, labels } = classifier.manifest;
  const [{ shape, dtype, image }] = inputs;
  const { width, height, color, crop } = /** @type {import("./tensor.js").ImageSpec} */ (image);
  return json(
    {
      name,
      version,
      precision,
      input: { name: inputs[0].name, shape, dtype, image: { width, height, color, crop } },
      output: { name: outputs[0].name, shape: outputs[0].shape, kind: outputs[0].kind },
      labels: labels?.length ?? 0,
      limits: { bodyBytes: maxBodyBytes, pixels: MAX_PIXELS },
      usage: "POST a JPEG as the body of the request: curl --data-binary @photo.jpg URL",
      models: classifiers.map((other) => ({ name: other.manifest.name, path: pathOf(other) })),
    },
    { "cache-control": "no-cache" },
  );
}

/** @type {typeof describe} */
async function head(service, classifier) {
  const { headers } = await describe(service, classifier);
  return new Response(null, { headers });
}

async function options() {
  return new Response(null, { status: 204, headers: { allow: ALLOW } });
}

/**
 * @param {unknown} value
 * @param {Record<string, string>} headers
 */
function json(value, headers) {
  return new Response(JSON.stringify(value), {
    headers: {
      "content-type": "application/json",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
