// RoundTogether: rounds numbers so that what they add up to changes least, not each of them.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_ROUND_TOGETHER_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_ROUND_TOGETHER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/pair_lanes.h"
#include "plugin/compiler/quantize/input_moments.h"

namespace wranglet {

// Of filters whose outputs read inputs of these moments. An error e of the weights makes one of
// variance e^T H e in the output, with the inputs' covariance H: an error of one weight can be made
// up for by those of correlated inputs (Hassibi and Stork, Optimal Brain Surgeon, 1993; Frantar et
// al., GPTQ, 2022). With H = L L^T it is the sum of
//
//   L[i][i]^2 (e[i] + sum of e[k] L[k][i] / L[i][i] over k > i)^2,
//
// so weights are rounded from the last one on, each after what those before it ask for. That is
// GPTQ without an inverse (Chee et al., QuIP, 2023, theorem 6). Inputs are in ascending order of
// variance, so that the loudest are rounded first, while others can still make up for it. Then
// single weights move by whole steps as long as any gains (Behdin et al., QuantEase, 2023).
class RoundTogether {
  class Integers;

 public:
  explicit RoundTogether(const Moments& moments);

  // Whether nothing is known of the inputs, but that each is its own: nearest is best.
  bool IsNearest() const { return is_nearest_; }

  // Integers for `steps`, within +-127, that fit the lanes, as the nearest ones do.
  std::vector<int8_t> Round(std::span<const float> steps, const PairLanes& lanes = {}) const;

 private:
  void Factorize(std::vector<double> h);
  void MoveSingly(std::span<const float> wanted, Integers& rounded) const;

  size_t inputs_;
  bool is_nearest_ = true;
  std::vector<size_t> order_;      // indices of the inputs
  std::vector<float> covariance_;  // H, damped, in that order
  std::vector<float> feedback_;    // L[k][i] / L[i][i], row k
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_ROUND_TOGETHER_H_
