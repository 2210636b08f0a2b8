#include "plugin/compiler/plan/row_chain.h"

#include <algorithm>
#include <concepts>
#include <optional>
#include <variant>

#include "kernels/winograd_tiles.h"
#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

// Kernels that move a window over the image.
template <typename P>
concept Windowed = requires(const P& p) {
  { p.window } -> std::convertible_to<WindowShape>;
};

// Kernels that are matrix products.
template <typename P>
concept Product = requires(const P& p) {
  { p.rows } -> std::convertible_to<int32_t>;
  { p.depth } -> std::convertible_to<int32_t>;
  { p.cols } -> std::convertible_to<int32_t>;
};

// Where `argument` is among the step's args, if it is there once.
std::optional<size_t> ArgOf(const DraftStep& step, const Argument& argument) {
  std::optional<size_t> found;
  for (size_t i = 0; i < step.args.size(); ++i) {
    if (step.args[i].region != argument.region || step.args[i].index != argument.index) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

bool IsImage(const Shape& shape) { return shape.size() == 4 && shape[0] == 1; }

// The step's kernel, stride and padding in rows, if it is of the kernels whose rows are known.
template <typename P>
bool ReadRows(const Node& node, const P& params, RowStep& row) {
  if constexpr (Windowed<P>) {
    if constexpr (requires { params.grid; }) {
      if (params.grid.image_h != 0) return false;
    }
    const WindowShape& w = params.window;
    row.kernel = (w.kernel_h - 1) * w.dilation_h + 1, row.stride = w.stride_h, row.pad = w.pad_top;
    return true;
  } else {
    return Product<P> && node.As<Conv2D>() != nullptr;
  }
}

std::optional<RowStep> RowStepAt(Lowering& lowering, size_t at) {
  const DraftStep& step = lowering.steps[at];
  const Node& node = *step.node;
  if (step.span != 0 || node.outputs.size() != 1 || step.completes != node.outputs) return {};
  const Tensor &in = lowering.tensor(node.inputs[0]), &out = lowering.tensor(node.outputs[0]);
  if (in.constant || !IsImage(in.shape) || !IsImage(out.shape)) return {};
  RowStep row{.step = at,
              .in_rows = static_cast<int32_t>(in.shape[1]),
              .out_rows = static_cast<int32_t>(out.shape[1]),
              .out_width = static_cast<int32_t>(out.shape[2]),
              .in_row_bytes = BytesOf(in) / in.shape[1],
              .out_row_bytes = BytesOf(out) / out.shape[1]};
  const auto read = [&](const auto& params) { return ReadRows(node, params, row); };
  if (!std::visit(read, step.params)) return {};
  const auto input = ArgOf(step, lowering.Read(node.inputs[0]));
  const auto output = ArgOf(step, lowering.Read(node.outputs[0]));
  if (!input || !output || step.args[*input].region != Ref::Region::kArena) return {};
  row.input_arg = *input, row.output_arg = *output;
  return row;
}

// Whether the step after `row` is the only one that ever looks at what `row` makes.
bool IsHandedOn(Lowering& lowering, const RowStep& row) {
  const int64_t buffer = lowering.steps[row.step].args[row.output_arg].index;
  const auto is_it = [&](const Argument& a) {
    return a.region == Ref::Region::kArena && a.index == buffer;
  };
  for (const TensorId id : lowering.graph().outputs) {
    if (is_it(lowering.Read(id))) return false;
  }
  for (size_t i = 0; i < lowering.steps.size(); ++i) {
    if (i == row.step || i == row.step + 1) continue;
    const std::vector<Argument>& args = lowering.steps[i].args;
    if (std::any_of(args.begin(), args.end(), is_it)) return false;
  }
  return true;
}

// Whether `next` reads what `row` makes, and it alone.
bool IsLink(Lowering& lowering, const RowStep& row, const RowStep& next) {
  const Argument& made = lowering.steps[row.step].args[row.output_arg];
  const Argument& read = lowering.steps[next.step].args[next.input_arg];
  return made.index == read.index && IsHandedOn(lowering, row);
}

template <typename P>
int64_t ScratchBytes(const P&) {
  return 0;
}
template <typename In, typename Weight, typename Requantize>
int64_t ScratchBytes(const DepthwiseConv2dParams<In, Weight, Requantize>& params) {
  return static_cast<int64_t>(DepthwiseScratchBytes<In>(params.window, params.fit));
}
template <typename In, typename Weight, typename Requantize>
int64_t ScratchBytes(const Conv2dParams<In, Weight, Requantize>& params) {
  return static_cast<int64_t>(Conv2dScratchElements(params) * sizeof(In));
}

}  // namespace

int32_t RowStep::FirstInput(int32_t first) const { return std::max(0, first * stride - pad); }

int32_t RowStep::EndInput(int32_t end) const {
  return std::min(in_rows, (end - 1) * stride - pad + kernel);
}

std::vector<RowStep> ChainAt(Lowering& lowering, size_t at) {
  const std::optional<RowStep> middle = RowStepAt(lowering, at);
  if (!middle) return {};
  std::vector<RowStep> chain = {*middle};
  while (chain.front().step > 0) {
    const auto before = RowStepAt(lowering, chain.front().step - 1);
    if (!before || !IsLink(lowering, *before, chain.front())) break;
    chain.insert(chain.begin(), *before);
  }
  while (chain.back().step + 1 < lowering.steps.size()) {
    const auto after = RowStepAt(lowering, chain.back().step + 1);
    if (!after || !IsLink(lowering, chain.back(), *after)) break;
    chain.push_back(*after);
  }
  return chain;
}

KernelParams ForRows(const KernelParams& whole, int32_t in_rows, int32_t out_rows, int32_t pad_top,
                     int32_t out_width) {
  KernelParams params = whole;
  std::visit(
      [&]<typename P>(P& p) {
        if constexpr (Windowed<P>) {
          p.window.in_h = in_rows, p.window.out_h = out_rows, p.window.pad_top = pad_top;
          if constexpr (requires { p.by_tiles; }) {
            // Tiles that are not full are still faster than widened products.
            if (p.fit_pairs) p.by_tiles = p.by_tiles && WinogradTiles::Pays(p.window, p.groups);
          }
        } else if constexpr (Product<P>) {
          p.rows = out_rows * out_width;
        }
      },
      params);
  return params;
}

int64_t RowScratchBytes(const KernelParams& params) {
  return std::visit([](const auto& p) { return ScratchBytes(p); }, params);
}

}  // namespace wranglet
