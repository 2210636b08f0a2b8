// For tests, in Node.js: serves a Wrangler project as `wrangler dev` does, bundled by wrangler, in workerd.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { unstable_startWorker as startDev } from "wrangler";

import { copyFolder } from "./folders.mjs";
import { withoutBuild } from "./wrangler_config.mjs";

/**
 * Starts a copy of the project in the working folder: its wrangler.toml, but for what that would have built, and src.
 *
 * @param {Record<string, string>} [built] folders to put into the copy instead, by their place in it
 * @returns {Promise<Pick<import("./testing.mjs").RunningWorker, "url" | "fetch" | "stop">>}
 */
export async function startProject(built = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "wranglet-project-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const config = path.join(folder, "wrangler.toml");
    writeFileSync(config, withoutBuild(readFileSync("wrangler.toml", "utf8")));
    copyFolder("src", path.join(folder, "src"));
    for (const [place, source] of Object.entries(built)) {
      copyFolder(source, path.join(folder, place));
    }
    process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // nothing is asked of the network
    const dev = await startDev({
      config,
      dev: {
        inspector: false,
        logLevel: "error",
        persist: path.join(folder, ".wrangler"),
        server: { hostname: "127.0.0.1", port: 0 },
        watch: false,
      },
    });
    await dev.ready;
    const url = await dev.url;
    return {
      url,
      fetch: (place, init) => fetch(new URL(place, url), init),
      stop: async () => {
        await dev.dispose();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
