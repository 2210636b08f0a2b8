#include "plugin/compiler/quantize/estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wranglet {
namespace {

constexpr double kSteps = 255;
constexpr double kManyValues = 1e6;
constexpr double kLeftOut = 1e-4;  // of the values, by kPercentile
// How many places for an end kMse tries, and between two of them, and how many thresholds kEntropy,
// down to an eighth: below that a level could be narrower than a bin.
constexpr int kMsePlaces = 128, kMseFinePlaces = 16, kThresholds = 64,
              kLeastThreshold = kThresholds / 8;

Range WithZero(Range range) { return {std::min(range.min, 0.0f), std::max(range.max, 0.0f)}; }

Range Scaled(Range range, double low, double high) {
  return {static_cast<float>(range.min * low), static_cast<float>(range.max * high)};
}

// The first bin whose centre is not below `value`.
size_t BinAt(const Histogram& histogram, double value) {
  const double bin = std::ceil(value / histogram.width() - 0.5) + Histogram::kSide;
  return static_cast<size_t>(std::clamp(bin, 0.0, 2.0 * Histogram::kSide));
}

// Sums over the bins before each: of counts, and of their values and squares.
class Moments {
 public:
  explicit Moments(const Histogram& histogram) : histogram_(histogram) {
    sums_.reserve(histogram.bins().size() + 1);
    sums_.push_back({});
    for (size_t i = 0; i < histogram.bins().size(); ++i) {
      const auto count = static_cast<double>(histogram.bins()[i]);
      const double value = histogram.CentreOf(i);
      const Sums& s = sums_.back();
      sums_.push_back({s.count + count, s.value + count * value, s.square + count * value * value});
    }
  }

  // The sum of squares of the errors, when these values are stored in kSteps of this range.
  double ErrorOf(Range range) const {
    const size_t first = BinAt(histogram_, range.min), end = BinAt(histogram_, range.max);
    const double step = (double{range.max} - range.min) / kSteps;
    // Rounding errors are spread evenly over a step.
    const double inside = sums_[end].count - sums_[first].count;
    return inside * step * step / 12 + DistanceFrom(range.min, 0, first) +
           DistanceFrom(range.max, end, sums_.size() - 1);
  }

 private:
  struct Sums {
    double count = 0, value = 0, square = 0;
  };

  // The sum of the squared distances from `point` to the values of bins [first, end).
  double DistanceFrom(double point, size_t first, size_t end) const {
    const Sums &a = sums_[first], &b = sums_[end];
    const double sum = (b.square - a.square) - 2 * point * (b.value - a.value) +
                       point * point * (b.count - a.count);
    return std::max(sum, 0.0);
  }

  const Histogram& histogram_;
  std::vector<Sums> sums_;
};

Range PercentileRange(const Histogram& histogram) {
  const Range seen = *histogram.range();
  const auto& bins = histogram.bins();
  const double cut = kLeftOut / 2 * static_cast<double>(histogram.total());
  size_t low = 0, high = bins.size();
  for (double left = cut; low < Histogram::kSide; ++low) {
    left -= static_cast<double>(bins[low]);
    if (left < 0) break;
  }
  for (double left = cut; high > Histogram::kSide; --high) {
    left -= static_cast<double>(bins[high - 1]);
    if (left < 0) break;
  }
  const auto edge = [&](size_t bin) {
    return static_cast<float>((static_cast<double>(bin) - Histogram::kSide) * histogram.width());
  };
  return {std::max(seen.min, edge(low)), std::min(seen.max, edge(high))};
}

// Of ranges whose ends are parts of `seen`'s, in steps of `step` around these: the parts with the
// least error, the widest of equals.
struct Parts {
  double low = 1, high = 1;
};
Parts LeastError(const Moments& moments, Range seen, Parts around, int steps, double step) {
  Parts best = around;
  double least = std::numeric_limits<double>::infinity();
  const int low_steps = seen.min < 0 ? steps : 0, high_steps = seen.max > 0 ? steps : 0;
  for (int low = low_steps; low >= -low_steps; --low) {
    for (int high = high_steps; high >= -high_steps; --high) {
      const Parts parts = {around.low + low * step, around.high + high * step};
      if (std::min(parts.low, parts.high) <= 0 || std::max(parts.low, parts.high) > 1) continue;
      const double error = moments.ErrorOf(Scaled(seen, parts.low, parts.high));
      if (error < least) {
        least = error;
        best = parts;
      }
    }
  }
  return best;
}

Range MseRange(const Histogram& histogram) {
  const Range seen = WithZero(*histogram.range());
  const Moments moments(histogram);
  constexpr double kStep = 1.0 / kMsePlaces, kFineStep = kStep / kMseFinePlaces;
  const Parts coarse = LeastError(moments, seen, {}, kMsePlaces, kStep);
  const Parts fine = LeastError(moments, seen, coarse, kMseFinePlaces, kFineStep);
  return Scaled(seen, fine.low, fine.high);
}

// The divergence of the values, clipped to `range`, from what kSteps levels leave of those within.
double Divergence(const Histogram& histogram, Range range) {
  const size_t first = BinAt(histogram, range.min), end = BinAt(histogram, range.max);
  if (end <= first) return std::numeric_limits<double>::infinity();
  const auto& bins = histogram.bins();
  std::vector<double> clipped(bins.begin() + static_cast<std::ptrdiff_t>(first),
                              bins.begin() + static_cast<std::ptrdiff_t>(end));
  const std::vector<double> inside = clipped;
  for (size_t i = 0; i < first; ++i) clipped.front() += static_cast<double>(bins[i]);
  for (size_t i = end; i < bins.size(); ++i) clipped.back() += static_cast<double>(bins[i]);

  const double width = static_cast<double>(inside.size()) / kSteps;
  double all_clipped = 0, all_inside = 0;
  for (const double count : clipped) all_clipped += count;
  for (const double count : inside) all_inside += count;
  if (all_inside == 0) return std::numeric_limits<double>::infinity();
  double divergence = 0;
  for (int level = 0; level < kSteps; ++level) {
    const auto from = static_cast<size_t>(level * width);
    const auto to = level + 1 == kSteps ? inside.size() : static_cast<size_t>((level + 1) * width);
    double sum = 0, filled = 0;
    for (size_t i = from; i < to; ++i) {
      sum += inside[i];
      filled += clipped[i] > 0;
    }
    // A level spreads its values evenly over the bins that hold any. One that holds only what was
    // clipped has, for the sake of a finite logarithm, a part of a value.
    const double q = std::max(sum, 1e-4) / (filled * all_inside);
    for (size_t i = from; i < to; ++i) {
      const double p = clipped[i] / all_clipped;
      if (p > 0) divergence += p * std::log(p / q);
    }
  }
  return divergence;
}

Range EntropyRange(const Histogram& histogram) {
  const Range seen = WithZero(*histogram.range());
  Range best = seen;
  double least = std::numeric_limits<double>::infinity();
  const float most = std::max(-seen.min, seen.max);
  for (int part = kThresholds; part >= kLeastThreshold; --part) {
    const float threshold = most * static_cast<float>(part) / kThresholds;
    const Range range = {std::max(seen.min, -threshold), std::min(seen.max, threshold)};
    const double divergence = Divergence(histogram, range);
    if (divergence < least) {
      least = divergence;
      best = range;
    }
  }
  return best;
}

}  // namespace

Range Estimate(Estimator estimator, const Histogram& histogram) {
  const Range seen = WithZero(*histogram.range());
  if (histogram.bins().empty()) return seen;
  switch (estimator) {
    case Estimator::kMinMax:
      return seen;
    case Estimator::kPercentile:
      return WithZero(PercentileRange(histogram));
    case Estimator::kMse:
      return MseRange(histogram);
    case Estimator::kEntropy:
      return EntropyRange(histogram);
  }
  return seen;
}

Range WithRoom(Range range, uint64_t values) {
  const double seen = std::clamp(static_cast<double>(values), 2.0, kManyValues);
  const double factor = std::sqrt(std::log(kManyValues) / std::log(seen));
  if (range.min >= 0 || range.max <= 0) return Scaled(range, factor, factor);
  const auto room = static_cast<float>((factor - 1) / 2 * (double{range.max} - range.min));
  return {range.min - room, range.max + room};
}

}  // namespace wranglet
