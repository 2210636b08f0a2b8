#include "plugin/compiler/cli/eval_metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace wranglet {

void Score::Add(size_t rank) {
  ++images;
  top1 += rank < 1;
  top5 += rank < 5;
}

double Percent(size_t count, size_t total) {
  return total == 0 ? 0.0 : 100.0 * static_cast<double>(count) / static_cast<double>(total);
}

Loss LossOf(const PairedScore& score) {
  constexpr double kDeviations = 1.959964;  // of a normal distribution, that hold 95 % of it
  const auto images = static_cast<double>(score.images);
  const auto lost = static_cast<double>(score.only_reference);
  const auto gained = static_cast<double>(score.only_model);
  if (score.images == 0) return {};
  // Half an image more in each of the four cells of the table.
  const double n = images + 2, difference = (lost - gained) / n;
  const double deviation = std::sqrt(lost + gained + 1 - (lost - gained) * difference) / n;
  return {.points = 100 * (lost - gained) / images,
          .least = 100 * (difference - kDeviations * deviation),
          .most = 100 * (difference + kDeviations * deviation)};
}

size_t RankOf(const std::vector<Class>& classes, size_t index) {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const Class& c) { return c.index == index; });
  return static_cast<size_t>(found - classes.begin());
}

void SignalToNoise::Add(std::span<const double> wanted, std::span<const double> got) {
  assert(wanted.size() == got.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const double difference = got[i] - wanted[i];
    signal += wanted[i] * wanted[i];
    noise += difference * difference;
  }
}

SignalToNoise& SignalToNoise::operator+=(const SignalToNoise& other) {
  signal += other.signal;
  noise += other.noise;
  return *this;
}

double SignalToNoise::Decibels() const {
  if (noise == 0.0) return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(signal / noise);
}

}  // namespace wranglet
