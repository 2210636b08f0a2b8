// Random choices, the same everywhere for a seed.

#ifndef WRANGLET_TESTS_CONFORMANCE_CHANCE_H_
#define WRANGLET_TESTS_CONFORMANCE_CHANCE_H_

#include <cmath>
#include <cstdint>
#include <random>

namespace wranglet {

class Chance {
 public:
  explicit Chance(uint32_t seed) : random_(seed) {}

  // From `low` to `high`, both included.
  int32_t Pick(int32_t low, int32_t high) {
    const auto span = static_cast<uint64_t>(int64_t{high} - low + 1);
    return static_cast<int32_t>(low + static_cast<int64_t>(random_() % span));
  }

  float PickReal(float low, float high) {
    return low + (high - low) * (static_cast<float>(random_() % (1 << 24)) / (1 << 24));
  }

  // Evenly by logarithm; both ends are positive.
  float PickScale(float low, float high) {
    return std::exp(PickReal(std::log(low), std::log(high)));
  }

  bool OneIn(int32_t count) { return Pick(1, count) == 1; }

  // A number of channels: small and odd, a vector's, or many.
  int32_t PickChannels() { return OneIn(4) ? Pick(1, 40) : OneIn(3) ? 8 * Pick(1, 3) : Pick(1, 9); }

 private:
  std::mt19937 random_;
};

}  // namespace wranglet

#endif  // WRANGLET_TESTS_CONFORMANCE_CHANCE_H_
