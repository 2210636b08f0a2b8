#include "plugin/compiler/emit/model.h"

#include "plugin/compiler/base/file.h"

namespace wranglet {
namespace {

// JSON is JavaScript.
std::string ManifestModule(const std::string& manifest) {
  return "export default " + manifest.substr(0, manifest.find_last_not_of('\n') + 1) + ";\n";
}

std::string IndexModule(WeightsStorage storage) {
  std::string text =
      "export { default as manifest } from \"./manifest.js\";\n"
      "export { default as module } from \"./model.wasm\";\n";
  if (storage == WeightsStorage::kExternal) {
    text += "export { default as weights } from \"./weights.bin\";\n";
  }
  return text;
}

constexpr char kTypes[] = R"(export interface Image {
  width: number;
  height: number;
  color: "rgb" | "bgr" | "gray";
  crop: "center" | "stretch" | "letterbox";
  /** Base64 of 256 stored values a channel, channel-major. */
  table: string;
}

export interface Tensor {
  name: string;
  shape: number[];
  dtype: "int8" | "uint8" | "int16" | "int32" | "float32";
  /** real = scale * (stored - zeroPoint); absent when the numbers are real already. */
  scale?: number;
  zeroPoint?: number;
  /** Of inputs that are images. */
  image?: Image;
  /** Of outputs. */
  kind?: "probabilities" | "logits" | "tensor";
}

/** What the model is; the same as model.json. */
export interface Manifest {
  format: number;
  name: string;
  version: string;
  precision: "int8" | "int16" | "mixed" | "float32";
  simd: "relaxed" | "simd128";
  weights: { storage: "embedded" | "external"; bytes: number; sha256: string };
  memory: { arena: number; arenaLowerBound: number };
  macs: number;
  inputs: Tensor[];
  outputs: Tensor[];
  labels?: string[];
  compiler: string;
}

export const manifest: Manifest;
/** The compiled network; it imports nothing. */
export const module: WebAssembly.Module;
)";

constexpr char kWeightsType[] = R"(/** What belongs at the module's wranglet_weights(). */
export const weights: ArrayBuffer;
)";

std::string IndexTypes(WeightsStorage storage) {
  return std::string(kTypes) + (storage == WeightsStorage::kExternal ? kWeightsType : "");
}

}  // namespace

std::vector<EmittedFile> EmitModel(const Graph& graph, const Plan& plan, const ModelInfo& info) {
  const std::string steps = StepsSource(plan, info.storage);
  const std::string manifest = Manifest(graph, plan, info, steps);
  const std::string weights(reinterpret_cast<const char*>(plan.weights.data()),
                            plan.weights.size());
  return {
      {"steps.cc", steps},
      {"weights.bin", weights},
      {"model.json", manifest},
      {"manifest.js", ManifestModule(manifest)},
      {"index.js", IndexModule(info.storage)},
      {"index.d.ts", IndexTypes(info.storage)},
  };
}

Status WriteModel(const std::vector<EmittedFile>& files, const std::string& folder) {
  for (const EmittedFile& file : files) {
    WRANGLET_RETURN_IF_ERROR(WriteFile(folder + "/" + file.name, file.content));
  }
  return Done{};
}

}  // namespace wranglet
