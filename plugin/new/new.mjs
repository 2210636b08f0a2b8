// Writes a workspace of its own that makes a Worker, or a library for one, of a trained network:
//   ./bazelw run //:new -- NAME --template TEMPLATE [--model FILE --labels FILE]

import path from "node:path";

import { inspectNetwork } from "./network.mjs";
import { Refusal, readRequest, USAGE } from "./request.mjs";
import { writeWorkspace } from "./workspace.mjs";

/** What there is to do in a new workspace; the commands a user will want first. */
const NEXT = {
  worker: ["./bazelw test //...", "./bazelw run //:worker.dev"],
  library: ["./bazelw test //...", "./bazelw run //:model.copy -- ../YOUR-PROJECT/src/model"],
};

function main() {
  // Bazel's programs start among their files; paths are meant from where the user stands.
  const place = process.env.WRANGLET_CALLER_DIRECTORY ?? process.cwd();
  const request = readRequest(process.argv.slice(2), place);
  for (const network of request.networks) network.color = inspectNetwork(network);
  writeWorkspace(request);

  const shown = path.relative(place, request.folder) || ".";
  const next = request.template === "library" ? NEXT.library : NEXT.worker;
  console.log(`${shown} is ready. Next:\n`);
  for (const command of [`cd ${shown}`, ...next]) console.log(`    ${command}`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`new: ${error.message}${error.isMisuse ? `\n\n${USAGE}` : ""}`);
  process.exitCode = error.isMisuse ? 2 : 1;
}
