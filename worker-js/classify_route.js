// POST /classify: an image, or a tensor, becomes classes.

import { readBody } from "./body.js";
import { json, mediaType, positiveParameter } from "./http.js";
import { badRequest, RequestError } from "./problem.js";
import { tensorBytes } from "./tensor.js";

/** A body that is the model's input tensor itself, as the manifest describes it, little-endian. */
export const TENSOR_TYPE = "application/vnd.wranglet.tensor";

/** The field of a form that holds the image. */
const FIELD = "image";

/** More classes than this are never listed. */
const MOST_CLASSES = 1000;

/** Bodies that are an image; by its first bytes is told which. */
const IMAGE_TYPES = ["", "application/octet-stream", "image/jpeg", "image/png", "image/webp"];

/**
 * Answers `{"model", "version", "label", "score", "classes": [{"label", "index", "score"}], "timing": {"decode", "load",
 * "infer"}}`, with as many classes as `?top=` says.
 *
 * @param {Request} request
 * @param {import("./classifier.js").Classifier} classifier
 * @param {import("./worker.js").Site} site
 * @param {import("./service.js").Context} context
 * @returns {Promise<Response>}
 * @throws {RequestError}
 */
export async function classifyRoute(request, classifier, { service, options }, context) {
  const top = positiveParameter(new URL(request.url), "top", options.top, MOST_CLASSES);
  const type = mediaType(request);
  checkType(type, classifier);
  const body = await readBody(request, options.body);
  const { classes, timing } =
    type === TENSOR_TYPE
      ? await ofTensor(service, classifier, body, context)
      : await service.classify(classifier, await imageIn(request, type, body), context);
  return json(answer(classifier, classes, timing, top), { "server-timing": serverTiming(timing) });
}

/**
 * @param {import("./classifier.js").Classifier} classifier
 * @param {import("./classify.js").Class[]} classes
 * @param {import("./classifier.js").Timing} timing
 * @param {number} top
 */
export function answer({ manifest: { name, version } }, classes, timing, top) {
  const [{ label, score }] = classes;
  return { model: name, version, label, score, classes: classes.slice(0, top), timing };
}

/** @param {import("./classifier.js").Timing} timing */
function serverTiming(timing) {
  return Object.entries(timing)
    .map(([step, milliseconds]) => `${step};dur=${milliseconds}`)
    .join(", ");
}

/**
 * @param {string} type
 * @param {import("./classifier.js").Classifier} classifier
 */
function checkType(type, { takesImages }) {
  if (type === TENSOR_TYPE) return;
  if (!takesImages) {
    const detail = `This model takes no image: send its tensor as ${TENSOR_TYPE}, or use /v2.`;
    throw new RequestError("unsupported-media-type", detail);
  }
  if (type === "multipart/form-data" || IMAGE_TYPES.includes(type)) return;
  const detail = `Send image/jpeg, image/png, image/webp, multipart/form-data with a field "${FIELD}", or ${TENSOR_TYPE}.`;
  throw new RequestError("unsupported-media-type", detail);
}

/**
 * @param {Request} request
 * @param {string} type
 * @param {Uint8Array<ArrayBuffer>} body
 * @returns {Promise<Uint8Array>} the image in the body
 */
async function imageIn(request, type, body) {
  if (type !== "multipart/form-data") return body;
  const headers = { "content-type": request.headers.get("content-type") ?? "" };
  const form = await new Response(body, { headers }).formData().catch((cause) => {
    throw badRequest("The body is no multipart/form-data.", { cause });
  });
  const file = form.get(FIELD);
  if (file === null || typeof file === "string") {
    throw badRequest(`The form needs a file in its field "${FIELD}".`);
  }
  return new Uint8Array(await file.arrayBuffer());
}

/**
 * @param {import("./service.js").Service} service
 * @param {import("./classifier.js").Classifier} classifier
 * @param {Uint8Array} body
 * @param {import("./service.js").Context} context
 */
async function ofTensor(service, classifier, body, context) {
  const { inputs } = classifier.manifest;
  const expected = tensorBytes(inputs[0]);
  if (inputs.length !== 1 || body.length !== expected) {
    const detail = `Send the one input's ${expected} bytes; GET / describes it.`;
    throw badRequest(detail);
  }
  const { outputs, timing } = await service.infer(classifier, [body], context);
  return { classes: classifier.toClasses(outputs), timing };
}
