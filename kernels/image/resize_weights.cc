#include "kernels/image/resize_weights.h"

#include <algorithm>

namespace wranglet {
namespace {

double Triangle(double x) { return x < 0 ? std::max(0.0, 1 + x) : std::max(0.0, 1 - x); }

// The double weights of Pillow's precompute_coeffs: every operation in its order, so that the
// rounded weights, too, are the same. `weights` has room for the window; returns its first pixel
// and length.
WeightWindow ComputeWindow(double center, double support, double filter_scale, int32_t in_length,
                           double* weights) {
  const int32_t first = std::max(0, static_cast<int32_t>(center - support + 0.5));
  const int32_t last = std::min(in_length, static_cast<int32_t>(center + support + 0.5));
  const double inverse_scale = 1.0 / filter_scale;
  double sum = 0;
  for (int32_t k = 0; k < last - first; ++k) {
    weights[k] = Triangle((k + first - center + 0.5) * inverse_scale);
    sum += weights[k];
  }
  for (int32_t k = 0; k < last - first; ++k) {
    if (sum != 0.0) weights[k] /= sum;
  }
  return {first, last - first, nullptr};
}

}  // namespace

bool ResizeWeights::Init(int32_t in_length, Interval source, int32_t out_length) {
  const double scale = source.Length() / out_length;
  const double filter_scale = std::max(scale, 1.0);
  const double support = filter_scale;  // the triangle's own support is 1
  // A window is from floor(center - support + 1/2) to floor(center + support + 1/2).
  max_count_ = std::min(in_length, static_cast<int32_t>(2 * support) + 2);
  stride_ = (max_count_ + 3) / 4 * 4;
  out_length_ = out_length;
  first_ = AllocateArray<int32_t>(out_length);
  count_ = AllocateArray<int32_t>(out_length);
  weights_ = AllocateArray<int32_t>(int64_t{out_length} * stride_);
  Array<double> exact = AllocateArray<double>(max_count_);
  if (!first_ || !count_ || !weights_ || !exact) return false;
  std::fill_n(weights_.get(), static_cast<size_t>(out_length) * stride_, 0);

  for (int32_t i = 0; i < out_length; ++i) {
    const double center = source.begin + (i + 0.5) * scale;
    const WeightWindow window =
        ComputeWindow(center, support, filter_scale, in_length, exact.get());
    first_[i] = window.first;
    count_[i] = window.count;
    for (int32_t k = 0; k < window.count; ++k) {
      weights_[i * static_cast<size_t>(stride_) + k] =
          static_cast<int32_t>(0.5 + exact[k] * (1 << kWeightBits));
    }
  }
  return true;
}

}  // namespace wranglet
