// Fuzzes the TensorFlow Lite importer, the passes and the planner: whatever the bytes, there is a
// Plan or an Error, and every pass leaves a Graph valid. Needs no corpus: what is no model is
// replaced by one of TfliteSeeds.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "plugin/compiler/import/fuzz_stages.h"
#include "plugin/compiler/import/tflite_import.h"
#include "plugin/compiler/import/tflite_mutation.h"
#include "plugin/compiler/import/tflite_seeds.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  std::minstd_rand random(seed);
  random.discard(2);
  // Bytes at random are for the verifier; most of the time a record is changed as such.
  if (random() % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  if (!wranglet::IsTfliteFile(std::as_bytes(std::span(data, size)))) {
    static const auto* const kSeeds = new std::vector(wranglet::TfliteSeeds());
    const std::vector<std::byte>& file = (*kSeeds)[random() % kSeeds->size()].file;
    if (file.size() > max_size) return size;
    std::ranges::copy(file, reinterpret_cast<std::byte*>(data));
    size = file.size();
  }
  // A change of an option may reach into the record behind it.
  const std::span<std::byte> file = std::as_writable_bytes(std::span(data, size));
  for (size_t changes = 1 + random() % 3; changes > 0 && wranglet::IsTfliteFile(file); --changes) {
    wranglet::MutateTflite(file, random);
  }
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wranglet::FuzzStages(wranglet::ImportTflite("fuzz.tflite", std::as_bytes(std::span(data, size))));
  return 0;
}
