// PairLanes: which weights of a filter have their products summed up in the same lane of int16
// (pair_dot.h), and whether they may. For the compiler, and the quantiser that keeps filters to it.

#ifndef WRANGLET_KERNELS_PAIR_LANES_H_
#define WRANGLET_KERNELS_PAIR_LANES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace wranglet {

// Weights whose products with unsigned bytes are summed up in one lane.
class LaneWeights {
 public:
  // The most that those of one sign may add up to: the sum is at its ends where their bytes are 255
  // and all others 0.
  static constexpr int32_t kMost = 32767 / 255;

  // `most` instead of kMost for bytes that are smaller, or a lane that holds more.
  explicit LaneWeights(int32_t most = kMost) : most_(most) {}

  void Add(int32_t weight) { (weight > 0 ? positive_ : negative_) += weight; }
  void Remove(int32_t weight) { (weight > 0 ? positive_ : negative_) -= weight; }

  bool Fit() const { return Least() <= 0 && Most() >= 0; }
  // What may yet be added.
  int32_t Least() const { return -most_ - negative_; }
  int32_t Most() const { return most_ - positive_; }

 private:
  int32_t most_, positive_ = 0, negative_ = 0;
};

// The lane of each weight of an output channel, in the order of the filter. Of nothing, where no
// weights share a lane of int16.
class PairLanes {
 public:
  PairLanes() = default;

  // Of a matrix product or a convolution, whose filter is `rows` runs (runs.h) of `run` each: two
  // quads are summed up in two lanes, the first two elements of both, and the others.
  static PairLanes OfRuns(int32_t rows, int32_t run) {
    PairLanes lanes;
    for (int32_t row = 0; row < rows; ++row) {
      const int32_t first = lanes.count_;
      for (int32_t k = 0; k < run; ++k) lanes.Append(first + k / 8 * 2 + k % 4 / 2);
    }
    return lanes;
  }

  // Of a depthwise convolution: every other one of four taps of a column, wherever the filter is
  // moved to (depthwise_bytes.h).
  static PairLanes OfDepthwise(int32_t kernel_h, int32_t kernel_w) {
    PairLanes lanes;
    for (int32_t ky = 0; ky < kernel_h; ++ky) {
      for (int32_t kx = 0; kx < kernel_w; ++kx) {
        lanes.Append((ky / 4 * 2 + ky % 2) * kernel_w + kx);
      }
    }
    return lanes;
  }

  // Of a filter that is summed up in one lane, its weights of one sign adding up to `most`.
  static PairLanes OfSum(size_t weights, int32_t most) {
    PairLanes lanes;
    lanes.most_ = most;
    for (size_t i = 0; i < weights; ++i) lanes.Append(0);
    return lanes;
  }

  bool empty() const { return lanes_.empty(); }
  size_t count() const { return static_cast<size_t>(count_); }
  size_t operator[](size_t i) const { return static_cast<size_t>(lanes_[i]); }
  int32_t most() const { return most_; }

  // Whether PairDot may take a filter: weight i of channel c is filter[c * channel_step + i *
  // step].
  bool Fit(std::span<const int8_t> filter, size_t channels, size_t channel_step,
           size_t step) const {
    for (size_t c = 0; c < channels; ++c) {
      std::vector<LaneWeights> lanes(count(), LaneWeights(most_));
      for (size_t i = 0; i < lanes_.size(); ++i) {
        LaneWeights& lane = lanes[(*this)[i]];
        lane.Add(filter[c * channel_step + i * step]);
        if (!lane.Fit()) return false;
      }
    }
    return true;
  }

 private:
  void Append(int32_t lane) {
    lanes_.push_back(lane);
    count_ = std::max(count_, lane + 1);
  }

  std::vector<int32_t> lanes_;
  int32_t count_ = 0, most_ = LaneWeights::kMost;
};

// Of each 8 of depth, the most that unsigned bytes may be for the products of two quads to share
// lanes, in every column of a filter, [columns][depth]: what tile_clipped.h clips them to. From
// 63 to 127, which a quad takes that shares its lanes with no other.
inline std::vector<int8_t> PairLimits(size_t depth, std::span<const int8_t> filter) {
  const PairLanes lanes = PairLanes::OfRuns(1, static_cast<int32_t>(depth));
  // Of weights of one sign, in the two lanes of each 8.
  std::vector<int32_t> largest((depth + 7) / 8, 1);
  for (size_t first = 0; first < filter.size(); first += depth) {
    std::vector<int32_t> positive(lanes.count(), 0), negative = positive;
    for (size_t k = 0; k < depth; ++k) {
      const int32_t weight = filter[first + k];
      (weight > 0 ? positive : negative)[lanes[k]] += std::abs(weight);
    }
    for (size_t i = 0; i < lanes.count(); ++i) {
      largest[i / 2] = std::max({largest[i / 2], positive[i], negative[i]});
    }
  }
  std::vector<int8_t> limits;
  for (const int32_t sum : largest)
    limits.push_back(static_cast<int8_t>(std::min(127, 32767 / sum)));
  return limits;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_PAIR_LANES_H_
