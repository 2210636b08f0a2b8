#include "plugin/compiler/cli/evaluate.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "plugin/compiler/cli/classify.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/all_cores.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

// What one network says of one image.
struct Answer {
  size_t first = 0;            // the class with the highest score
  std::optional<size_t> rank;  // of the image's own class
};

struct Outcome {
  Answer model, reference;
  std::vector<SignalToNoise> layers;
};

// A network on one thread.
class Classifier {
 public:
  explicit Classifier(const CompiledModel& model)
      : model_(model),
        kind_(OutputKind(model.graph, model.plan.outputs[0].tensor)),
        runner_(model.plan) {}

  const Graph& graph() const { return model_.graph; }

  Result<Answer> Ask(const LabelledImage& image, const Runner::Observer& observer = {}) {
    WRANGLET_ASSIGN(const std::vector<std::byte> input, model_.ReadImage(image.path));
    runner_.SetInput(0, input);
    runner_.Run(observer);
    WRANGLET_ASSIGN(const std::vector<Class> classes,
                    Classify(model_.plan.outputs[0], runner_.Output(0), kind_, {}));
    Answer answer = {.first = classes[0].index};
    if (image.label) answer.rank = RankOf(classes, *image.label);
    return answer;
  }

 private:
  const CompiledModel& model_;
  std::string kind_;
  Runner runner_;
};

Result<Outcome> Compare(Classifier& model, Classifier* reference,
                        const std::vector<LayerPair>& pairs, const LabelledImage& image) {
  Outcome outcome;
  if (!reference) {
    WRANGLET_ASSIGN(outcome.model, model.Ask(image));
    return outcome;
  }
  LayerComparison layers(model.graph(), reference->graph(), pairs);
  WRANGLET_ASSIGN(outcome.reference, reference->Ask(image, layers.Keep()));
  WRANGLET_ASSIGN(outcome.model, model.Ask(image, layers.Compare()));
  outcome.layers = std::move(layers).Take();
  return outcome;
}

// One outcome an image, in their order. Threads take images in order, so those before the first one
// that fails have all been taken by then, and the error is the same each time.
class Crew {
 public:
  Crew(const CompiledModel& model, const CompiledModel* reference,
       const std::vector<LayerPair>& pairs, const std::vector<LabelledImage>& images,
       const EvalHooks& hooks)
      : model_(model),
        reference_(reference),
        pairs_(pairs),
        images_(images),
        hooks_(hooks),
        outcomes_(images.size(), Error{}) {}

  Result<std::vector<Outcome>> Work() {
    OnThreads(std::min(hooks_.threads, images_.size()), [this] { TakeImages(); });
    std::vector<Outcome> all;
    for (Result<Outcome>& outcome : outcomes_) {
      if (!outcome.ok()) return outcome.error();
      all.push_back(std::move(*outcome));
    }
    return all;
  }

 private:
  void TakeImages() {
    Classifier model(model_);
    std::optional<Classifier> reference;
    if (reference_) reference.emplace(*reference_);
    for (size_t i; !failed_ && (i = next_++) < images_.size();) {
      outcomes_[i] = Compare(model, reference ? &*reference : nullptr, pairs_, images_[i]);
      if (!outcomes_[i].ok()) failed_ = true;
      const std::lock_guard lock(progress_);
      hooks_.progress(++done_);
    }
  }

  const CompiledModel& model_;
  const CompiledModel* reference_;
  const std::vector<LayerPair>& pairs_;
  const std::vector<LabelledImage>& images_;
  const EvalHooks& hooks_;
  std::vector<Result<Outcome>> outcomes_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex progress_;
  size_t done_ = 0;
};

size_t ClassesOf(const CompiledModel& model) {
  return static_cast<size_t>(CountOf(model.graph.tensor(model.graph.outputs[0])));
}

void AddTo(Score& score, const Answer& answer) {
  if (answer.rank) score.Add(*answer.rank);
}

void AddTo(PairedScore& score, const Outcome& outcome) {
  if (!outcome.model.rank) return;
  const bool by_model = *outcome.model.rank == 0, by_reference = *outcome.reference.rank == 0;
  ++score.images;
  score.only_model += by_model && !by_reference;
  score.only_reference += by_reference && !by_model;
}

Comparison Compared(const std::vector<LayerPair>& pairs, const std::vector<Outcome>& outcomes) {
  Comparison comparison;
  for (const LayerPair& pair : pairs) comparison.layers.push_back({pair, {}});
  for (const Outcome& outcome : outcomes) {
    AddTo(comparison.score, outcome.reference);
    AddTo(comparison.paired, outcome);
    comparison.agreements += outcome.model.first == outcome.reference.first;
    for (size_t i = 0; i < pairs.size(); ++i) comparison.layers[i].error += outcome.layers[i];
  }
  return comparison;
}

}  // namespace

Result<Evaluation> Evaluate(const CompiledModel& model, const CompiledModel* reference,
                            const std::vector<LabelledImage>& images, const EvalHooks& hooks) {
  Evaluation evaluation = {.images = images.size(), .classes = ClassesOf(model)};
  std::vector<LayerPair> pairs;
  if (reference) {
    if (ClassesOf(*reference) != evaluation.classes) {
      return Error{.message = "has " + std::to_string(ClassesOf(*reference)) +
                              " classes, and the network that is compared with it " +
                              std::to_string(evaluation.classes),
                   .file = reference->graph.file};
    }
    pairs = PairLayers(model.graph, reference->graph);
  }
  WRANGLET_ASSIGN(const std::vector<Outcome> outcomes,
                  Crew(model, reference, pairs, images, hooks).Work());
  for (const Outcome& outcome : outcomes) AddTo(evaluation.score, outcome.model);
  if (reference) evaluation.reference = Compared(pairs, outcomes);
  return evaluation;
}

}  // namespace wranglet
