// TensorFlow.js's WebAssembly backend in a Worker, which may neither fetch a module nor compile one: it is given the
// one that was deployed.

import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

import module from "./tfjs.wasm";

/** @param {any} tf */
export default async function useWasm(tf) {
  tf.env().set("WASM_HAS_SIMD_SUPPORT", true);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  tf.env().platform.fetch = async () => new Response(new Uint8Array(8));
  setWasmPaths("/", true);
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (_, imports) => ({
    module,
    instance: new WebAssembly.Instance(module, imports),
  });
  await tf.setBackend("wasm");
  WebAssembly.instantiate = instantiate;
}
