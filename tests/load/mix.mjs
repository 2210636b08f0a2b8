// What a Worker is sent under load, and what it must answer.

import { readFileSync } from "node:fs";
import path from "node:path";

/** The Worker's limit of a body, of worker.js. */
const LIMIT = 20 * 1024 * 1024;

const MODEL = "/classify/person";

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} method
 * @property {string} path
 * @property {Buffer} [body]
 * @property {Record<string, string>} [headers]
 * @property {number} status the answer's
 * @property {(body: any) => boolean} isRight whether an answer of that status, parsed, is right
 */

/** @returns {Kind[]} each photo, with the answer that the host computed */
function photos() {
  const files = new Map(
    process.env.PHOTOS.split(" ").map((file) => [path.basename(file), readFileSync(file)]),
  );
  const answers = readFileSync(process.env.ANSWERS, "utf8").trim().split("\n").map(JSON.parse);
  return answers.map(({ file, classes }) => {
    const scores = JSON.stringify(classes.map(({ label, score }) => [label, score]));
    return {
      name: "photo",
      method: "POST",
      path: MODEL,
      body: files.get(path.basename(file)),
      headers: { "content-type": "image/jpeg" },
      status: 200,
      isRight: (answer) =>
        answer.model === "person" &&
        answer.label === classes[0].label &&
        answer.score === classes[0].score &&
        JSON.stringify(answer.classes.map(({ label, score }) => [label, score])) === scores,
    };
  });
}

/**
 * @param {string} name
 * @param {string} problem the last word of its type
 * @param {number} status
 * @param {Partial<Kind>} request
 * @returns {Kind}
 */
function refused(name, problem, status, request) {
  const isRight = (answer) =>
    answer.type === `urn:wranglet:problem:${problem}` && answer.status === status;
  const headers = { "content-type": "image/jpeg" };
  return { name, method: "POST", path: MODEL, headers, ...request, status, isRight };
}

/** The photo with another height and width in its frame header, which says more pixels than allowed. */
function withManyPixels(photo) {
  const bytes = Buffer.from(photo);
  const frame = [0xc0, 0xc2]
    .map((marker) => bytes.indexOf(Buffer.of(0xff, marker)))
    .find((at) => at > 0);
  bytes.writeUInt32BE(0xffff_ffff, frame + 5);
  return bytes;
}

/**
 * @returns {{ usual: Kind[], huge: Kind[] }} usual: three good photos to one bad request; huge: bodies of the limit,
 *     which is right, and over it
 */
export function mix() {
  const good = photos();
  const [first] = good;
  // What is refused unread is small here: workerd closes a connection rather than read on, and autocannon then takes
  // the next answers for those of other requests.
  const small = Buffer.from("small");
  const bad = [
    refused("truncated", "corrupt-image", 422, {
      body: first.body.subarray(0, first.body.length / 2),
    }),
    refused("not an image", "unsupported-image", 415, { body: Buffer.from("this is no photo") }),
    refused("too many pixels", "image-too-large", 422, { body: withManyPixels(first.body) }),
    refused("wrong type", "unsupported-media-type", 415, {
      body: small,
      headers: { "content-type": "text/html" },
    }),
    refused("no body", "empty-body", 400, { body: undefined }),
    refused("wrong method", "method-not-allowed", 405, { method: "DELETE" }),
    refused("unknown path", "not-found", 404, { path: "/nothing/here", body: small }),
  ];
  const usual = bad.flatMap((kind, i) => [
    ...[0, 1, 2].map((j) => good[(3 * i + j) % good.length]),
    kind,
  ]);
  // Decoders stop at an image's end, whatever comes after.
  const full = Buffer.concat([first.body, Buffer.alloc(LIMIT - first.body.length)]);
  const huge = [
    { ...first, name: "photo in 20 MiB", body: full },
    refused("20 MiB and a byte", "body-too-large", 413, { body: Buffer.alloc(LIMIT + 1) }),
  ];
  return { usual, huge };
}
