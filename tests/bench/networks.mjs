// Which networks are measured, and by whom: those whose files are at hand.

import { existsSync } from "node:fs";
import path from "node:path";

import { litert } from "./contenders/litert.mjs";
import { onnxruntimeNode, onnxruntimeWeb } from "./contenders/onnxruntime.mjs";
import { tensorflowJs } from "./contenders/tfjs.mjs";
import { readManifest, wranglet } from "./contenders/wranglet.mjs";

// Files by name; Bazel says where they are.
const FILES = new Map(
  process.env.WRANGLET_BENCH_NETWORKS.split(" ").map((file) => [path.basename(file), file]),
);

// wasm_models by the names they have in BUILD; the first one's MACs are the network's.
const NETWORKS = [
  {
    name: "MobileNetV2 1.0 224, int8",
    wranglet: [
      "mobilenet_v2_int8",
      "mobilenet_v2_int8_external",
      "mobilenet_v2_int8_layers",
      "mobilenet_v2_int8_simd128",
      "mobilenet_v2_int8_own",
    ],
    tflite: "mobilenet_v2_1.0_224_int8.tflite",
  },
  {
    name: "MobileNetV2 1.0 224, int16",
    wranglet: ["mobilenet_v2_int16"],
  },
  {
    name: "MobileNetV2 1.0 224, float32",
    wranglet: ["mobilenet_v2_float32"],
  },
  {
    name: "MobileNetV2 1.0 224, int8 QDQ",
    wranglet: ["mobilenet_v2_qdq"],
    onnx: "mobilenetv2-12-qdq.onnx",
  },
  {
    name: "MobileNetV1 0.25 96 (vww), int8",
    wranglet: ["vww_int8", "vww_int8_own"],
    tflite: "vww_96_int8.tflite",
  },
  {
    name: "MobileNetV1 0.25 96 (vww), float32",
    wranglet: ["vww_float32"],
    tflite: "vww_96_float.tflite",
  },
  {
    name: "ResNet-8 32, int8",
    wranglet: ["resnet8_int8", "resnet8_int8_own"],
    tflite: "resnet8_cifar10_int8.tflite",
  },
  {
    name: "ResNet-8 32, float32",
    wranglet: ["resnet8_float32"],
    tflite: "resnet8_cifar10_float.tflite",
  },
  {
    name: "DS-CNN 49x10, int8",
    wranglet: ["kws_int8", "kws_int8_own"],
    tflite: "kws_dscnn_int8.tflite",
  },
  {
    name: "person (MobileNetV2 0.35 96), float32",
    wranglet: ["person_float32"],
    onnx: "person_mobilenet_v2_0.35_96.onnx",
  },
  { name: "person (MobileNetV2 0.35 96), int8", wranglet: ["person_int8"] },
  { name: "person (MobileNetV2 0.35 96), int16", wranglet: ["person_int16"] },
  {
    name: "objects (MobileNetV2 1.0 224), float32",
    wranglet: ["objects_float32"],
    onnx: "objects_mobilenet_v2_1.0_224.onnx",
  },
  { name: "objects (MobileNetV2 1.0 224), int8", wranglet: ["objects_int8"] },
];

// What a wasm_model of another build is called, by how its name ends.
const BUILDS = {
  _external: "Wranglet, weights apart",
  _layers: "Wranglet by layers",
  _own: "Wranglet, quantised by it",
  _simd128: "Wranglet simd128",
};

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {string} model its wasm_model
 * @property {number} macs of one inference
 * @property {"int8" | "int16" | "float32"} precision
 * @property {import("./contender.mjs").TensorSpec[]} inputs
 * @property {import("./contender.mjs").Contender[]} contenders ours first
 */

/**
 * @returns {{ networks: Network[], missing: string[] }} those that can be measured, and the names of
 *     those that cannot, for they lie outside of the repository
 */
export function findNetworks() {
  const networks = [];
  const missing = [];
  for (const { name, wranglet: models, tflite, onnx } of NETWORKS) {
    const folders = models.map((model) => path.join(import.meta.dirname, model));
    const needed = [tflite, onnx].filter(Boolean);
    if (!folders.every(existsSync) || !needed.every((file) => FILES.has(file))) {
      missing.push(name);
      continue;
    }
    const peers = [
      ...(tflite ? ["relaxed", "compat"].map((build) => litert(build, FILES.get(tflite))) : []),
      ...(onnx ? [onnxruntimeWeb(FILES.get(onnx)), onnxruntimeNode(FILES.get(onnx))] : []),
    ];
    const plan = `${folders[0]}.compiled/steps.cc`;
    if (existsSync(plan) && models[0].endsWith("_float32")) {
      peers.push(...["wasm", "cpu"].map((backend) => tensorflowJs(backend, plan)).filter(Boolean));
    }
    const { macs, precision, inputs } = readManifest(folders[0]);
    const ours = folders.map((folder) =>
      wranglet(BUILDS[/_[^_]*$/.exec(folder)[0]] ?? "Wranglet", folder),
    );
    const contenders = [...ours, ...peers];
    networks.push({ name, model: models[0], macs, precision, inputs, contenders });
  }
  return { networks, missing };
}
