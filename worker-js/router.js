// From a request's path and method to what answers it.

import { RequestError } from "./problem.js";

/**
 * @template T
 * @typedef {(request: Request, parameters: Record<string, string>, context: T) => Promise<Response> | Response} Handler
 */

/**
 * @template T
 * @typedef {object} Route
 * @property {string} path of segments; one that begins with a colon is a parameter
 * @property {Record<string, Handler<T>>} methods
 * @property {boolean} [isOpen] answered without a token, and however many requests there are
 */

/**
 * @template T
 * @typedef {{ route: Route<T>, handler: Handler<T>, parameters: Record<string, string> }} Match
 */

/** @template T */
export class Router {
  #routes;

  /** @param {Route<T>[]} routes the first that fits is taken */
  constructor(routes) {
    this.#routes = routes.map((route) => ({ route, segments: route.path.split("/") }));
  }

  /**
   * @param {Request} request
   * @returns {Match<T>}
   * @throws {RequestError} not-found or method-not-allowed
   */
  match(request) {
    const asked = new URL(request.url).pathname.split("/");
    for (const { route, segments } of this.#routes) {
      const parameters = fit(segments, asked);
      if (parameters) return { route, handler: handlerOf(route, request.method), parameters };
    }
    throw new RequestError("not-found", "GET / tells what is here.");
  }

  /**
   * @param {Request} request
   * @returns {string | undefined} what `Allow` lists for its path
   */
  allowed(request) {
    const asked = new URL(request.url).pathname.split("/");
    const found = this.#routes.find(({ segments }) => fit(segments, asked));
    return found && allow(found.route);
  }
}

/**
 * @param {string[]} segments
 * @param {string[]} asked
 * @returns {Record<string, string> | undefined} the parameters, decoded, if it fits
 */
function fit(segments, asked) {
  if (segments.length !== asked.length) return undefined;
  /** @type {Record<string, string>} */
  const parameters = {};
  for (const [i, segment] of segments.entries()) {
    if (segment.startsWith(":")) {
      const value = decoded(asked[i]);
      if (!value) return undefined;
      parameters[segment.slice(1)] = value;
    } else if (segment !== asked[i]) {
      return undefined;
    }
  }
  return parameters;
}

/** @param {string} segment */
function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/**
 * HEAD is GET, whose body the caller leaves out.
 *
 * @template T
 * @param {Route<T>} route
 * @param {string} method
 * @returns {Handler<T>}
 */
function handlerOf(route, method) {
  const name = method === "HEAD" ? "GET" : method;
  if (Object.hasOwn(route.methods, name)) return route.methods[name];
  const headers = { allow: allow(route) };
  throw new RequestError("method-not-allowed", `Use one of ${headers.allow}.`, { headers });
}

/** @param {Route<any>} route */
function allow({ methods }) {
  const names = Object.keys(methods).flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]));
  return [...names, "OPTIONS"].join(", ");
}
