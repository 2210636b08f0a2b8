// Fuzzes the ONNX importer, the passes and the planner: whatever the bytes, there is a Plan or an
// Error, and every pass leaves a Graph valid. Needs no corpus: what is no model is replaced by one
// of SeedModels.

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "onnx/onnx.pb.h"
#include "plugin/compiler/import/fuzz_stages.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/import/onnx_mutation.h"
#include "plugin/compiler/import/onnx_seeds.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  std::minstd_rand random(seed);
  random.discard(2);
  // Bytes at random are for the parser; most of the time the model is changed as such.
  if (random() % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  onnx::ModelProto model;
  if (!model.ParseFromArray(data, static_cast<int>(size)) || model.graph().node_size() == 0) {
    static const auto* const kSeeds = new std::vector(wranglet::SeedModels());
    model = (*kSeeds)[random() % kSeeds->size()];
  }
  for (size_t changes = 1 + random() % 3; changes > 0; --changes) {
    wranglet::MutateModel(model, random);
  }
  const size_t bytes = model.ByteSizeLong();
  if (bytes > max_size || !model.SerializeToArray(data, static_cast<int>(max_size))) return size;
  return bytes;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wranglet::FuzzStages(wranglet::ImportOnnx("fuzz.onnx", std::as_bytes(std::span(data, size))));
  return 0;
}
