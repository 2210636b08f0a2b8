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

bool IsFixed(float step) { return std::abs(step) >= RoundTogether::kMost - 1e-3f; }

float Nearest(float step) {
  return std::clamp(std::nearbyint(step), -RoundTogether::kMost, RoundTogether::kMost);
}

// into -= factor * from
template <typename T>
void Subtract(T factor, const T* from, size_t count, T* into) {
  for (size_t i = 0; i < count; ++i) into[i] -= factor * from[i];
}

}  // namespace

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

std::vector<int8_t> RoundTogether::Round(std::span<const float> steps) const {
  std::vector<float> wanted(inputs_), rounded(inputs_);
  for (size_t i = 0; i < inputs_; ++i) wanted[i] = steps[order_[i]];
  std::vector<float> target = wanted;
  for (size_t k = inputs_; k-- > 0;) {
    rounded[k] = Nearest(IsFixed(wanted[k]) ? wanted[k] : target[k]);
    if (is_nearest_) continue;
    Subtract(rounded[k] - wanted[k], feedback_.data() + k * inputs_, k, target.data());
  }
  if (!is_nearest_) MoveSingly(wanted, rounded);
  std::vector<int8_t> integers(inputs_);
  for (size_t i = 0; i < inputs_; ++i) integers[order_[i]] = static_cast<int8_t>(rounded[i]);
  return integers;
}

void RoundTogether::MoveSingly(std::span<const float> wanted, std::vector<float>& rounded) const {
  const size_t n = inputs_;
  std::vector<float> slope(n);  // H e, half the gradient
  for (size_t k = 0; k < n; ++k) {
    Subtract(rounded[k] - wanted[k], covariance_.data() + k * n, n, slope.data());
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    bool has_moved = false;
    for (size_t k = 0; k < n; ++k) {
      if (IsFixed(wanted[k])) continue;
      const float best = slope[k] / covariance_[k * n + k];
      // Of a half or little more nothing is gained but sums' own rounding.
      if (std::abs(best) < 0.501f) continue;
      const float to = Nearest(rounded[k] + best), move = to - rounded[k];
      if (move == 0) continue;
      rounded[k] = to;
      Subtract(move, covariance_.data() + k * n, n, slope.data());
      has_moved = true;
    }
    if (!has_moved) break;
  }
}

}  // namespace wranglet
