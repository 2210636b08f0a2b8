// The Worker: models behind HTTP and behind service bindings.

import { answer, classifyRoute } from "./classify_route.js";
import { corsHeaders, preflightHeaders } from "./cors.js";
import { classifyPath, describe } from "./describe.js";
import { checkRate, checkToken } from "./guard.js";
import { cacheableJson, revalidated } from "./http.js";
import { find, INFERENCE_ROUTES } from "./inference.js";
import { page } from "./page.js";
import { problemResponse, RequestError } from "./problem.js";
import { Router } from "./router.js";
import { Service } from "./service.js";

/**
 * What a Worker can be told; wrangler_worker's attributes become these.
 * @typedef {object} Options
 * @property {string} name of the Worker
 * @property {{ bytes: number, seconds: number }} body what larger or slower is refused
 * @property {number} top how many classes an answer lists, unless it is asked for others
 * @property {number} memoryBudget bytes that ready models may take
 * @property {"modules" | "assets" | "kv" | "r2"} weights where external weights lie
 * @property {"none" | "bearer"} auth
 * @property {string[]} cors origins of web pages that may use it; "*" is every one
 * @property {number} rateLimitSeconds the period of the rate limiter's limit; 0 is without one
 * @property {boolean} metrics whether there is /metrics
 * @property {boolean} page whether a browser gets a page to try the models with; never with a token, which it has not
 */

/** @type {Options} */
const DEFAULTS = {
  name: "wranglet",
  body: { bytes: 20 * 1024 * 1024, seconds: 30 },
  top: 10,
  memoryBudget: 96 * 1024 * 1024,
  weights: "modules",
  auth: "none",
  cors: [],
  rateLimitSeconds: 0,
  metrics: true,
  page: true,
};

/**
 * @typedef {object} Site what all requests share
 * @property {Service} service
 * @property {Options} options
 * @property {string} version of all models together
 */

/** @typedef {{ site: Site, context: import("./service.js").Context }} Asked */

/**
 * A browser gets the page, other clients a description.
 * @type {import("./router.js").Handler<Asked>}
 */
const home = async (request, _, { site }) => {
  const { page: hasPage, auth } = site.options;
  const isBrowser = request.headers.get("accept")?.includes("text/html");
  if (hasPage && auth === "none" && isBrowser) {
    const classifiers = [...site.service.classifiers.values()];
    const models = classifiers
      .filter(({ takesImages }) => takesImages)
      .map(({ manifest }) => ({ name: manifest.name, path: classifyPath(manifest) }));
    return revalidated(request, await page(models));
  }
  const response = await cacheableJson(request, describe(site));
  response.headers.set("vary", "accept");
  return response;
};

/** @type {import("./router.js").Route<Asked>[]} */
const ROUTES = [
  { path: "/", methods: { GET: home } },
  {
    path: "/classify",
    methods: {
      POST: (request, _, { site, context }) =>
        classifyRoute(request, site.service.first, site, context),
    },
  },
  {
    path: "/classify/:model",
    methods: {
      POST: (request, parameters, { site, context }) =>
        classifyRoute(request, find(site, parameters), site, context),
    },
  },
  ...INFERENCE_ROUTES,
];

/** @type {import("./router.js").Route<Asked>} */
const METRICS = {
  path: "/metrics",
  methods: {
    GET: (_request, _, { site }) =>
      new Response(site.service.metricsText(), {
        headers: { "content-type": "text/plain; version=0.0.4", "cache-control": "no-store" },
      }),
  },
};

/**
 * @typedef {object} WranglerWorker
 * @property {(request: Request, env?: Record<string, any>, ctx?: { waitUntil(promise: Promise<unknown>): void }) =>
 *     Promise<Response>} fetch answers a request; never throws. docs/protocol.md lists the routes.
 * @property {(image: Uint8Array | ArrayBuffer | ReadableStream, options?: { model?: string, top?: number },
 *     env?: Record<string, any>, ctx?: { waitUntil(promise: Promise<unknown>): void }) => Promise<object>} classify what
 *     `POST /classify` answers, for service bindings
 */

/**
 * Makes a Worker. Models are made ready at their first request, but a Worker's only model when it starts.
 *
 * @param {object} parts
 * @param {WebAssembly.Module} parts.image image.wasm
 * @param {import("./model.js").ModelFiles[]} parts.models the first answers at /classify
 * @param {Partial<Options>} [parts.options]
 * @returns {WranglerWorker}
 * @throws {Error} when the parts do not belong together: the Worker does not start
 */
export function createWorker({ image, models, options: given = {} }) {
  const options = { ...DEFAULTS, ...given };
  const { memoryBudget, weights } = options;
  const service = new Service({ image, models, memoryBudget, weights });
  const versions = models.map(({ manifest }) => manifest.version);
  const site = { service, options, version: versions.join("-") };
  const router = new Router(options.metrics ? [...ROUTES, METRICS] : ROUTES);
  return {
    fetch: (request, env = {}, ctx = undefined) =>
      serve(site, router, request, contextOf(env, ctx)),
    classify: (body, options = {}, env = {}, ctx = undefined) =>
      classifyBytes(site, body, options, contextOf(env, ctx)),
  };
}

/**
 * @param {Record<string, any>} env
 * @param {{ waitUntil(promise: Promise<unknown>): void }} [ctx]
 * @returns {import("./service.js").Context}
 */
function contextOf(env, ctx) {
  return { env, waitUntil: (promise) => ctx?.waitUntil(promise) };
}

/**
 * @param {Site} site
 * @param {Router<Asked>} router
 * @param {Request} request
 * @param {import("./service.js").Context} context
 * @returns {Promise<Response>}
 */
async function serve(site, router, request, context) {
  let route = "none";
  /** @type {Response} */
  let response;
  try {
    if (request.method === "OPTIONS") {
      response = preflight(router, request);
    } else {
      const match = router.match(request);
      route = match.route.path;
      if (!match.route.isOpen) await check(site.options, request, context.env);
      response = await match.handler(request, match.parameters, { site, context });
    }
  } catch (error) {
    response = problemResponse(error);
  }
  site.service.metrics.add("requests_total", { route, status: response.status });
  for (const [name, value] of Object.entries(corsHeaders(request, site.options.cors))) {
    response.headers.append(name, value);
  }
  return request.method === "HEAD" ? new Response(null, response) : response;
}

/**
 * @param {Options} options
 * @param {Request} request
 * @param {Record<string, any>} env
 */
async function check({ auth, rateLimitSeconds }, request, env) {
  if (rateLimitSeconds > 0) await checkRate(request, env, rateLimitSeconds);
  if (auth === "bearer") await checkToken(request, env);
}

/**
 * @param {Router<Asked>} router
 * @param {Request} request
 */
function preflight(router, request) {
  const allow = router.allowed(request);
  if (!allow) throw new RequestError("not-found", "GET / tells what is here.");
  return new Response(null, { status: 204, headers: { allow, ...preflightHeaders(allow) } });
}

/**
 * @param {Site} site
 * @param {Uint8Array | ArrayBuffer | ReadableStream} body
 * @param {{ model?: string, top?: number }} asked
 * @param {import("./service.js").Context} context
 * @returns {Promise<object>}
 * @throws {RequestError} as the problem of the same request over HTTP
 */
async function classifyBytes(site, body, { model, top = site.options.top }, context) {
  const { service } = site;
  const classifier = model === undefined ? service.first : find(site, { model });
  const image = new Uint8Array(await new Response(/** @type {any} */ (body)).arrayBuffer());
  const { classes, timing } = await service.classify(classifier, image, context);
  return answer(classifier, classes, timing, top);
}
