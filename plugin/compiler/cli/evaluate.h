// Evaluate: runs a network on images, and measures what it answers.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_EVALUATE_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_EVALUATE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/cli/eval_layers.h"
#include "plugin/compiler/cli/eval_metrics.h"
#include "plugin/compiler/cli/labelled_images.h"

namespace wranglet {

// An activation, and how much of it is error: over all images, with all that the layers before it
// did wrong.
struct LayerError {
  LayerPair layer;
  SignalToNoise error;
};

// What it is compared with.
struct Comparison {
  Score score;            // the reference's own
  PairedScore paired;     // of the images with a label
  size_t agreements = 0;  // images whose first class is the same in both
  std::vector<LayerError> layers;
};

struct Evaluation {
  size_t images = 0;
  size_t classes = 0;
  Score score;  // of the images with a label
  std::optional<Comparison> reference;
};

struct EvalHooks {
  size_t threads = 1;
  // Called after each image, from any thread, one at a time.
  std::function<void(size_t done)> progress = [](size_t) {};
};

// Runs `model`, and `reference` unless it is null, on every image; the network's first output has
// the classes. The result is the same whatever the number of threads. Errors: the first image that
// cannot be read, a reference with other classes.
Result<Evaluation> Evaluate(const CompiledModel& model, const CompiledModel* reference,
                            const std::vector<LabelledImage>& images, const EvalHooks& hooks);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_EVALUATE_H_
