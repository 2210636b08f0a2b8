// What the Worker says when it refuses or fails: RFC 9457 problem details.

/**
 * Every problem the Worker reports. `type` is "urn:wranglet:problem:" and the key: clients may rely on
 * the keys and statuses; titles and details are for people.
 *
 * | type                   | status | when                                                             |
 * |------------------------|--------|------------------------------------------------------------------|
 * | bad-request            | 400    | a parameter, header or JSON body is not what it has to be        |
 * | empty-body             | 400    | there is no body                                                 |
 * | incomplete-body        | 400    | the connection broke before the body's end                       |
 * | unauthorized           | 401    | the bearer token is missing or wrong                             |
 * | not-found              | 404    | the path names nothing that is here                              |
 * | method-not-allowed     | 405    | this path takes other methods; `Allow` lists them                |
 * | body-too-slow          | 408    | the body took longer than the limit (30 s)                       |
 * | body-too-large         | 413    | more bytes than the limit (20 MiB)                               |
 * | unsupported-media-type | 415    | the content type is none that this path takes                    |
 * | unsupported-image      | 415    | not an image of a known format                                   |
 * | corrupt-image          | 422    | truncated or damaged                                             |
 * | image-too-large        | 422    | more pixels than the limit (50 million), or more than memory holds |
 * | too-many-requests      | 429    | more requests than the rate limit; `Retry-After` says when       |
 * | internal-error         | 500    | a defect; `instance` is in the log beside the error              |
 * | model-unavailable      | 503    | the model's weights can't be loaded now; the log says why        |
 */
export const PROBLEMS = {
  "bad-request": { status: 400, title: "The request is not understood" },
  "empty-body": { status: 400, title: "The request has no body" },
  "incomplete-body": { status: 400, title: "The body ended too early" },
  unauthorized: { status: 401, title: "The request needs a token" },
  "not-found": { status: 404, title: "Nothing is here" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "body-too-slow": { status: 408, title: "The body came too slowly" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The content type is not taken here" },
  "unsupported-image": { status: 415, title: "The body is not an image of a known format" },
  "corrupt-image": { status: 422, title: "The image is truncated or damaged" },
  "image-too-large": { status: 422, title: "The image is too large" },
  "too-many-requests": { status: 429, title: "There are too many requests" },
  "internal-error": { status: 500, title: "The Worker failed" },
  "model-unavailable": { status: 503, title: "The model is not there" },
};

/** @typedef {keyof typeof PROBLEMS} ProblemKind */

/** A request that can't be answered, for a reason its sender may know. */
export class RequestError extends Error {
  /**
   * @param {ProblemKind} kind
   * @param {string} detail for the sender: what was wrong and what to do; none of their own bytes
   * @param {ErrorOptions & { headers?: Record<string, string>, log?: string }} [options] headers: more of the response's;
   *     log: what only the Worker's log gets to know
   */
  constructor(kind, detail, options = {}) {
    super(detail, options);
    this.name = "RequestError";
    this.kind = kind;
    this.headers = options.headers ?? {};
    this.log = options.log;
  }
}

/**
 * @param {string} detail
 * @param {ErrorOptions} [options]
 */
export function badRequest(detail, options) {
  return new RequestError("bad-request", detail, options);
}

/**
 * @param {unknown} error whatever was thrown while a request was served
 * @returns {Response} its problem; only a RequestError's message is shown, all else goes to the log. The member `error`
 *     is the same text again, where clients of the Open Inference Protocol look for it.
 */
export function problemResponse(error) {
  if (error instanceof RequestError) {
    if (error.log) console.error(error.log);
    return problem(error.kind, { detail: error.message, error: error.message }, error.headers);
  }
  const instance = `urn:uuid:${crypto.randomUUID()}`;
  console.error(instance, error);
  const detail = "This is a defect of the service, not of the request. The next request is served.";
  return problem("internal-error", { detail, error: detail, instance }, {});
}

/**
 * @param {ProblemKind} kind
 * @param {{ detail: string, error: string, instance?: string }} members
 * @param {Record<string, string>} headers
 */
function problem(kind, members, headers) {
  const { status, title } = PROBLEMS[kind];
  const body = { type: `urn:wranglet:problem:${kind}`, title, status, ...members };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
