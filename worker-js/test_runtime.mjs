// A preload (`node --import`) that lets any file, wherever it lies, import
//   "wranglet/testing"  testing.mjs beside this file,
//   npm's packages      from WRANGLET_NODE_MODULES, a folder called node_modules.

import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const TESTING = new URL("testing.mjs", import.meta.url).href;
const PACKAGES = pathToFileURL(process.env.WRANGLET_NODE_MODULES).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === "wranglet/testing") return nextResolve(TESTING, context);
    const isBare = /^(@|\w)/.test(specifier) && !URL.canParse(specifier);
    const isOurs = !context.parentURL?.includes("/node_modules/");
    return nextResolve(specifier, isBare && isOurs ? { ...context, parentURL: PACKAGES } : context);
  },
});
