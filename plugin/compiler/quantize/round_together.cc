#include "plugin/compiler/quantize/round_together.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wranglet {
namespace {

// A part of the mean variance, added to each: weights then move less far for little.
constexpr double kDamping = 0.01;

// Rounds of single moves; most gain nothing after three or four.
constexpr int kSweeps = 8;

constexpr float kMost = 127.0f;

// into -= factor * from
template <typename T>
void Subtract(T factor, const T* from, size_t count, T* into) {
  for (size_t i = 0; i < count; ++i) into[i] -= factor * from[i];
}

}  // namespace

// Weights, in the order of the moments' variance, as the integers they are rounded to; at first the
// nearest.
class RoundTogether::Integers {
 public:
  Integers(std::span<const float> wanted, const std::vector<size_t>& order, const PairLanes& lanes)
      : order_(order), lanes_(lanes), sums_(lanes.count()) {
    for (const float step : wanted) {
      values_.push_back(std::clamp(std::nearbyint(step), -kMost, kMost));
      if (!lanes_.empty()) LaneOf(values_.size() - 1).Add(static_cast<int32_t>(values_.back()));
    }
  }

  float operator[](size_t k) const { return values_[k]; }

  // Moves the k-th to what is nearest to `step` and fits beside the others. Returns by how much.
  float Move(size_t k, float step) {
    float least = -kMost, most = kMost;
    const float from = values_[k];
    if (!lanes_.empty()) {
      LaneWeights& lane = LaneOf(k);
      lane.Remove(static_cast<int32_t>(from));
      least = std::max(least, static_cast<float>(lane.Least()));
      most = std::min(most, static_cast<float>(lane.Most()));
    }
    values_[k] = std::clamp(std::nearbyint(step), least, most);
    if (!lanes_.empty()) LaneOf(k).Add(static_cast<int32_t>(values_[k]));
    return values_[k] - from;
  }

  std::vector<int8_t> InOrder() const {
    std::vector<int8_t> integers(values_.size());
    for (size_t k = 0; k < values_.size(); ++k) {
      integers[order_[k]] = static_cast<int8_t>(values_[k]);
    }
    return integers;
  }

 private:
  LaneWeights& LaneOf(size_t k) { return sums_[lanes_[order_[k]]]; }

  const std::vector<size_t>& order_;
  const PairLanes& lanes_;
  std::vector<LaneWeights> sums_;
  std::vector<float> values_;
};

RoundTogether::RoundTogether(const Moments& moments)
    : inputs_(moments.mean.size()), order_(inputs_) {
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::ranges::stable_sort(
      order_, [&](size_t a, size_t b) { return moments.deviation[a] < moments.deviation[b]; });
  double mean = 0;
  for (const float d : moments.deviation) mean += double{d} * d / static_cast<double>(inputs_);
  if (mean == 0) return;
  std::vector<double> h(inputs_ * inputs_);
  for (size_t i = 0; i < inputs_; ++i) {
    for (size_t j = 0; j < inputs_; ++j) {
      const size_t a = order_[i], b = order_[j];
      const float r = moments.correlation[a * inputs_ + b];
      is_nearest_ = is_nearest_ && (i == j || r == 0);
      // In units of the mean variance.
      h[i * inputs_ + j] = r * double{moments.deviation[a]} * moments.deviation[b] / mean;
    }
    h[i * inputs_ + i] += kDamping;
  }
  if (is_nearest_) return;
  covariance_.assign(h.begin(), h.end());
  Factorize(std::move(h));
}

// Cholesky's factor, made in place as the upper L^T, whose rows are contiguous.
void RoundTogether::Factorize(std::vector<double> h) {
  const size_t n = inputs_;
  for (size_t j = 0; j < n; ++j) {
    double* row = h.data() + j * n;
    const double root = std::sqrt(row[j]);
    for (size_t i = j; i < n; ++i) row[i] /= root;
    for (size_t i = j + 1; i < n; ++i) Subtract(row[i], row + i, n - i, h.data() + i * n + i);
  }
  feedback_.resize(n * n);
  for (size_t k = 0; k < n; ++k) {
    for (size_t i = 0; i < k; ++i) {
      feedback_[k * n + i] = static_cast<float>(h[i * n + k] / h[i * n + i]);
    }
  }
}

std::vector<int8_t> RoundTogether::Round(std::span<const float> steps,
                                         const PairLanes& lanes) const {
  std::vector<float> wanted(inputs_);
  for (size_t i = 0; i < inputs_; ++i) wanted[i] = steps[order_[i]];
  Integers rounded(wanted, order_, lanes);
  if (is_nearest_) return rounded.InOrder();
  std::vector<float> target = wanted;
  for (size_t k = inputs_; k-- > 0;) {
    rounded.Move(k, target[k]);
    Subtract(rounded[k] - wanted[k], feedback_.data() + k * inputs_, k, target.data());
  }
  MoveSingly(wanted, rounded);
  return rounded.InOrder();
}

void RoundTogether::MoveSingly(std::span<const float> wanted, Integers& rounded) const {
  const size_t n = inputs_;
  std::vector<float> slope(n);  // H e, half the gradient
  for (size_t k = 0; k < n; ++k) {
    Subtract(rounded[k] - wanted[k], covariance_.data() + k * n, n, slope.data());
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    bool has_moved = false;
    for (size_t k = 0; k < n; ++k) {
      const float best = slope[k] / covariance_[k * n + k];
      // Of a half or little more nothing is gained but sums' own rounding.
      if (std::abs(best) < 0.501f) continue;
      const float move = rounded.Move(k, rounded[k] + best);
      if (move == 0) continue;
      Subtract(move, covariance_.data() + k * n, n, slope.data());
      has_moved = true;
    }
    if (!has_moved) break;
  }
}

}  // namespace wranglet
