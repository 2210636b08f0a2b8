// Measures of what a network answers: against labels, and against another network.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_EVAL_METRICS_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_EVAL_METRICS_H_

#include <cstddef>
#include <span>
#include <vector>

#include "plugin/compiler/cli/classify.h"

namespace wranglet {

// How many of `images` labelled images had their class first, and among the first five.
struct Score {
  size_t images = 0;
  size_t top1 = 0;
  size_t top5 = 0;

  // Counts an image whose own class came at `rank`.
  void Add(size_t rank);
};

// What two networks know of the same labelled images.
struct PairedScore {
  size_t images = 0;
  size_t only_model = 0;      // had their class first in the network that is evaluated alone
  size_t only_reference = 0;  // in the reference alone
};

// How many points of top-1 the reference has more than the network, and between which numbers that
// lies with 95 % confidence for images like these: the interval of Agresti and Min, Simple improved
// confidence intervals for comparing matched proportions, 2005.
struct Loss {
  double points = 0;
  double least = 0, most = 0;
};
Loss LossOf(const PairedScore& score);

// `count` of `total` in percent; 0 of nothing.
double Percent(size_t count, size_t total);

// At which place, from 0, class `index` stands in Classify's answer. Equal scores are common in
// int8; their order is Classify's, as in the Worker: the lower index first.
size_t RankOf(const std::vector<Class>& classes, size_t index);

// The power of a signal, and of the difference between it and its copy.
struct SignalToNoise {
  double signal = 0.0;
  double noise = 0.0;

  // Adds the elements of `wanted`, and of `got`, of the same length.
  void Add(std::span<const double> wanted, std::span<const double> got);
  SignalToNoise& operator+=(const SignalToNoise& other);

  // 10 log10(signal / noise): infinite when the copy is exact, minus infinite when there is noise
  // alone.
  double Decibels() const;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_EVAL_METRICS_H_
