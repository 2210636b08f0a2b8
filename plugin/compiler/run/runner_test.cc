#include "plugin/compiler/run/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/run/random_network.h"
#include "plugin/compiler/run/reference_evaluation.h"

namespace wranglet {
namespace {

using Bytes = std::vector<std::byte>;

// Copies of all tensors, as an observer saw them.
class Observed {
 public:
  Runner::Observer Observer() {
    return [this](TensorId id, std::span<const std::byte> bytes) {
      EXPECT_TRUE(tensors_.emplace(id, Bytes(bytes.begin(), bytes.end())).second)
          << "tensor " << id << " is complete only once";
    };
  }
  bool Has(TensorId id) const { return tensors_.contains(id); }
  const Bytes& operator[](TensorId id) const { return tensors_.at(id); }

 private:
  std::map<TensorId, Bytes> tensors_;
};

// Float results may differ by what rounding makes of summands as large as the inputs.
void ExpectNear(const Tensor& tensor, const Bytes& bytes, const std::vector<double>& expected,
                const std::vector<std::vector<double>>& inputs) {
  const std::vector<double> actual = RealValues(tensor, bytes);
  ASSERT_EQ(actual.size(), expected.size());
  double largest = 1.0;
  for (const auto& input : inputs) {
    for (const double v : input) largest = std::max(largest, std::abs(v));
  }
  // Products of two inputs are as large as what they make.
  for (const double v : expected) largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], 1e-5 * largest) << "element " << i;
  }
}

// How many steps an operator's own integer arithmetic may be off, beside the last rounding: what is
// rounded more than once, or goes straight between the entries of a table.
double SlackOf(const Graph& graph, const Node& node) {
  // A thousandth: powers are found in a table, beyond e^-10 in its last entry.
  if (node.As<Softmax>() && graph.tensor(node.outputs[0]).dtype == DType::kInt16) return 32.0;
  const auto* unary = node.As<Unary>();
  if (unary == nullptr) {
    const bool rounds_twice = node.As<Binary>() || node.As<Clamp>() || node.As<PRelu>() ||
                              node.As<L2Normalization>() || node.As<BatchMatMul>();
    return rounds_twice ? 0.5 : 0.0;
  }
  if (unary->kind == Unary::Kind::kHardSwish) return 1.5;
  const Tensor& input = graph.tensor(node.inputs[0]);
  if (input.dtype != DType::kInt16) return 0.5;
  // Entries are 128 steps of the input apart, and no second derivative is above 1.2.
  const double apart = 128 * input.quantization->scale[0];
  return 4 + apart * apart / 8 * 1.2 / graph.tensor(node.outputs[0]).quantization->scale[0];
}

// Quantised results are the nearest value; near the middle between two, where float32 arithmetic
// decides, either. Those of int16 may be rounded twice, the first time to at least one bit of
// fraction, and their scales in fixed point have fewer bits than the results.
void ExpectRounded(const Tensor& tensor, const Bytes& bytes, const std::vector<double>& expected,
                   double slack) {
  const bool is_int8 = tensor.dtype == DType::kInt8;
  const double scale = tensor.quantization->scale[0];
  const double zero_point = tensor.quantization->zero_point[0];
  const std::vector<double> actual = RealValues(tensor, bytes);
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    const double exact = expected[i] / scale + zero_point;
    const double stored =
        is_int8 ? std::clamp(exact, -128.0, 127.0) : std::clamp(exact, -32768.0, 32767.0);
    const double tolerance = slack + (is_int8 ? 0.51 : 0.76 + std::abs(stored) * 0x1p-15);
    ASSERT_NEAR(actual[i] / scale + zero_point, stored, tolerance) << "element " << i;
  }
}

class RandomNetworks : public testing::TestWithParam<DType> {};

// Each node's output must be what the node means, given the inputs that were observed when they
// were complete: so a wrong packing or parameter shows, and so does a buffer overwritten too early.
TEST_P(RandomNetworks, EveryNodeComputesWhatItMeans) {
  for (uint32_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomNetwork network(seed, GetParam());
    const Graph& graph = network.graph();
    const Result<Plan> plan = MakePlan(graph);
    ASSERT_TRUE(plan.ok()) << plan.error().ToString();
    ASSERT_GE(plan->arena_bytes, plan->arena_lower_bound);
    Runner runner(*plan);
    runner.SetInput(0, network.RandomInput());
    Observed observed;
    runner.Run(observed.Observer());

    for (const Node& node : graph.nodes) {
      SCOPED_TRACE(node.name + " " + NameOf(node.op));
      std::vector<std::vector<double>> inputs;
      for (const TensorId id : node.inputs) {
        if (id == kNoTensor) {
          inputs.emplace_back();
        } else {
          const Tensor& input = graph.tensor(id);
          inputs.push_back(RealValues(input, input.constant ? *input.constant : observed[id]));
        }
      }
      const TensorId output = node.outputs[0];
      ASSERT_TRUE(observed.Has(output));
      const std::vector<double> expected = ReferenceOutput(graph, node, inputs);
      if (!graph.tensor(output).quantization) {
        ExpectNear(graph.tensor(output), observed[output], expected, inputs);
      } else {
        ExpectRounded(graph.tensor(output), observed[output], expected, SlackOf(graph, node));
      }
      if (HasFatalFailure()) return;
    }
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const std::span<const std::byte> output = runner.Output(i);
      ASSERT_TRUE(std::ranges::equal(output, observed[graph.outputs[i]])) << "output " << i;
    }
  }
}

TEST_P(RandomNetworks, ASecondRunIsNotTouchedByTheFirst) {
  for (uint32_t seed = 0; seed < 50; ++seed) {
    RandomNetwork network(seed, GetParam());
    const Result<Plan> plan = MakePlan(network.graph());
    ASSERT_TRUE(plan.ok());
    const Bytes first = network.RandomInput(), second = network.RandomInput();
    Runner used(*plan), fresh(*plan);
    used.SetInput(0, first);
    used.Run();
    for (Runner* runner : {&used, &fresh}) {
      runner->SetInput(0, second);
      runner->Run();
    }
    ASSERT_TRUE(std::ranges::equal(used.Output(0), fresh.Output(0))) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(DTypes, RandomNetworks,
                         testing::Values(DType::kFloat32, DType::kInt8, DType::kInt16),
                         [](const auto& info) { return NameOf(info.param); });

}  // namespace
}  // namespace wranglet
