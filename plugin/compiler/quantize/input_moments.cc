#include "plugin/compiler/quantize/input_moments.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "plugin/compiler/quantize/all_cores.h"
#include "plugin/compiler/quantize/patches.h"

namespace wranglet {
namespace {

// Rows to take of a layer, of all samples together: this many, or so many for each input.
constexpr size_t kLeastRows = 4096, kRowsForInput = 8;

// Samples whose activations are held at a time.
constexpr size_t kBatch = 4;

// Rows added to a sum at once: each pass over a large matrix then does more.
constexpr size_t kRowsAtOnce = 8;

// Some of the `count` rows that a sample has, spread evenly and, by the golden ratio, in no pattern
// that an image's width could share; other ones of each sample.
std::vector<size_t> SomeRows(size_t count, size_t wanted, size_t sample) {
  std::vector<size_t> rows;
  constexpr double kGolden = 0.6180339887498949;
  for (size_t i = 0; i < std::min(count, wanted); ++i) {
    const double place = static_cast<double>(sample * wanted + i) * kGolden;
    const auto row = static_cast<size_t>((place - std::floor(place)) * static_cast<double>(count));
    rows.push_back(wanted < count ? std::min(row, count - 1) : i);
  }
  return rows;
}

// sum += rows^T rows, above and on the diagonal.
void AddProducts(const float* rows, size_t count, size_t inputs, float* sum) {
  for (size_t i = 0; i < inputs; ++i) {
    float* into = sum + i * inputs;
    if (count == kRowsAtOnce) {
      const float *r0 = rows, *r1 = r0 + inputs, *r2 = r1 + inputs, *r3 = r2 + inputs;
      const float *r4 = r3 + inputs, *r5 = r4 + inputs, *r6 = r5 + inputs, *r7 = r6 + inputs;
      const float a0 = r0[i], a1 = r1[i], a2 = r2[i], a3 = r3[i];
      const float a4 = r4[i], a5 = r5[i], a6 = r6[i], a7 = r7[i];
      for (size_t j = i; j < inputs; ++j) {
        into[j] += ((a0 * r0[j] + a1 * r1[j]) + (a2 * r2[j] + a3 * r3[j])) +
                   ((a4 * r4[j] + a5 * r5[j]) + (a6 * r6[j] + a7 * r7[j]));
      }
      continue;
    }
    for (size_t r = 0; r < count; ++r) {
      const float* row = rows + r * inputs;
      const float a = row[i];
      for (size_t j = i; j < inputs; ++j) into[j] += a * row[j];
    }
  }
}

// The moments of one group, over two passes.
class Group {
 public:
  explicit Group(size_t inputs) : inputs_(inputs), sum_(inputs), square_(inputs) {}

  // First pass: all rows.
  void SeeRow(std::span<const float> row) {
    for (size_t i = 0; i < inputs_; ++i) {
      sum_[i] += row[i];
      square_[i] += double{row[i]} * row[i];
    }
    count_ += 1;
  }

  void EndFirstPass() {
    for (size_t i = 0; i < inputs_; ++i) {
      const double mean = sum_[i] / count_;
      const double variance = square_[i] / count_ - mean * mean;
      // What is left of a constant is rounding.
      const bool varies = variance > 1e-9 * square_[i] / count_;
      moments_.mean.push_back(static_cast<float>(mean));
      moments_.deviation.push_back(varies ? static_cast<float>(std::sqrt(variance)) : 0.0f);
      over_deviation_.push_back(varies ? 1 / moments_.deviation.back() : 0.0f);
    }
    sum_.clear();
    square_.clear();
    moments_.correlation.assign(inputs_ * inputs_, 0.0f);
  }

  void Standardize(std::span<float> row) const {
    for (size_t i = 0; i < inputs_; ++i) row[i] = (row[i] - moments_.mean[i]) * over_deviation_[i];
  }

  // Second pass: the sum of products of a sample's rows, standardised; above the diagonal.
  void SeeSample(const std::vector<float>& products, double rows) {
    double square = 0;
    for (size_t i = 0; i < inputs_; ++i) {
      for (size_t j = i; j < inputs_; ++j) {
        const size_t at = i * inputs_ + j;
        moments_.correlation[at] += products[at];
        if (j > i) square += double{products[at]} * products[at];
      }
    }
    squares_of_samples_ += square / (rows * rows);
    samples_ += 1;
  }

  Moments End() && {
    double square = 0;
    std::vector<float>& r = moments_.correlation;
    for (size_t i = 0; i < inputs_; ++i) {
      for (size_t j = i + 1; j < inputs_; ++j) {
        float& mean = r[i * inputs_ + j];
        mean = static_cast<float>(mean / count_);
        square += double{mean} * mean;
      }
    }
    double kept = 0;
    if (samples_ > 1 && square > 0) {
      const double of_mean = (squares_of_samples_ / samples_ - square) / (samples_ - 1);
      kept = std::clamp(1 - of_mean / square, 0.0, 1.0);
    }
    for (size_t i = 0; i < inputs_; ++i) {
      r[i * inputs_ + i] = 1;
      for (size_t j = i + 1; j < inputs_; ++j) {
        r[i * inputs_ + j] *= static_cast<float>(kept);
        r[j * inputs_ + i] = r[i * inputs_ + j];
      }
    }
    return std::move(moments_);
  }

 private:
  size_t inputs_;
  std::vector<double> sum_, square_;
  double count_ = 0, samples_ = 0, squares_of_samples_ = 0;
  std::vector<float> over_deviation_;
  Moments moments_;
};

struct Layer {
  TensorId input;
  Patches patches;
  size_t rows;  // of a sample
  std::vector<Group> groups;

  void FirstPass(std::span<const float> values, size_t sample) {
    std::vector<float> row(patches.inputs());
    for (const size_t r : SomeRows(patches.rows(), rows, sample)) {
      for (size_t g = 0; g < groups.size(); ++g) {
        patches.Read(values, r, g, row);
        groups[g].SeeRow(row);
      }
    }
  }

  void SecondPass(std::span<const float> values, size_t sample) {
    const std::vector<size_t> some = SomeRows(patches.rows(), rows, sample);
    const size_t inputs = patches.inputs();
    std::vector<float> block(kRowsAtOnce * inputs), products(inputs * inputs);
    for (size_t g = 0; g < groups.size(); ++g) {
      std::ranges::fill(products, 0.0f);
      for (size_t first = 0; first < some.size(); first += kRowsAtOnce) {
        const size_t count = std::min(kRowsAtOnce, some.size() - first);
        for (size_t i = 0; i < count; ++i) {
          const auto row = std::span(block).subspan(i * inputs, inputs);
          patches.Read(values, some[first + i], g, row);
          groups[g].Standardize(row);
        }
        AddProducts(block.data(), count, inputs, products.data());
      }
      groups[g].SeeSample(products, static_cast<double>(some.size()));
    }
  }
};

class Measurer {
 public:
  Measurer(const Graph& graph, std::span<const Sample> samples)
      : graph_(graph), samples_(samples) {}

  Result<std::vector<std::vector<Moments>>> Run(const std::vector<size_t>& nodes) && {
    for (const size_t node : nodes) AddLayer(graph_.nodes[node]);
    WRANGLET_RETURN_IF_ERROR(Pass(&Layer::FirstPass));
    for (Layer& layer : layers_) {
      for (Group& group : layer.groups) group.EndFirstPass();
    }
    WRANGLET_RETURN_IF_ERROR(Pass(&Layer::SecondPass));
    std::vector<std::vector<Moments>> moments(layers_.size());
    for (size_t l = 0; l < layers_.size(); ++l) {
      for (Group& group : layers_[l].groups) moments[l].push_back(std::move(group).End());
    }
    return moments;
  }

 private:
  void AddLayer(const Node& node) {
    const TensorId input = node.inputs[0];
    const Patches patches = *Patches::Of(graph_, node);
    const size_t rows = std::max(kLeastRows, kRowsForInput * patches.inputs()) / samples_.size();
    layers_.push_back({input, patches, std::clamp<size_t>(rows, 1, patches.rows()),
                       std::vector(patches.groups(), Group(patches.inputs()))});
    const int32_t producer = graph_.Producers()[static_cast<size_t>(input)];
    if (producer < 0 || watched_.contains(input)) return;
    watched_[input] = names_.size();
    names_.push_back(graph_.nodes[static_cast<size_t>(producer)].name);
  }

  // A layer is one thread's, and sees the samples in order, so that sums are the same each time.
  Status Pass(void (Layer::*see)(std::span<const float>, size_t)) {
    for (size_t first = 0; first < samples_.size(); first += kBatch) {
      const auto batch = samples_.subspan(first, std::min(kBatch, samples_.size() - first));
      std::vector values(batch.size(), std::vector<std::vector<float>>(names_.size()));
      WRANGLET_RETURN_IF_ERROR(
          RunSamples(graph_, InMemory(batch), names_,
                     [&](size_t sample, size_t watched, std::span<const float> seen) {
                       values[sample][watched].assign(seen.begin(), seen.end());
                     }));
      ForEachOnAllCores(layers_.size(), [&](size_t l) {
        Layer& layer = layers_[l];
        const auto found = watched_.find(layer.input);
        for (size_t i = 0; i < batch.size(); ++i) {
          (layer.*see)(found != watched_.end() ? std::span<const float>(values[i][found->second])
                                               : OfInput(layer.input, batch[i]),
                       first + i);
        }
      });
    }
    return Done{};
  }

  std::span<const float> OfInput(TensorId id, const Sample& sample) const {
    const auto index = std::find(graph_.inputs.begin(), graph_.inputs.end(), id);
    const auto& bytes = sample[static_cast<size_t>(index - graph_.inputs.begin())];
    return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
  }

  const Graph& graph_;
  const std::span<const Sample> samples_;
  std::vector<Layer> layers_;
  std::map<TensorId, size_t> watched_;  // layers' inputs, as indices of names_
  std::vector<std::string> names_;      // of the nodes that make them
};

}  // namespace

Result<std::vector<std::vector<Moments>>> MeasureInputs(const Graph& graph,
                                                        const std::vector<size_t>& layers,
                                                        std::span<const Sample> samples) {
  if (layers.empty() || samples.empty()) return std::vector<std::vector<Moments>>();
  return Measurer(graph, samples).Run(layers);
}

}  // namespace wranglet
