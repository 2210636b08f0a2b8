// BatchMatMul. A right factor that is one constant matrix is packed here, as a filter is; any other
// when the network runs.

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/batch_gemm.h"
#include "kernels/gemm_float32.h"
#include "kernels/gemm_quantized.h"
#include "kernels/pack_gemm.h"
#include "plugin/compiler/plan/broadcasting.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// Deeper int8 sums may exceed the 30 bits that MultiplyFixedPoint takes.
constexpr int32_t kMostInt8Depth = (1 << 30) / (255 * 255);

// One node, whose tensors are known to be of one type.
class LowerBatchMatMul {
 public:
  LowerBatchMatMul(Lowering& to, const Node& node, const BatchGemmShape& shape)
      : to_(to), node_(node), shape_(shape) {}

  void Float32() {
    if (!IsPackedAhead()) return Emit(BatchGemmParams<float>{shape_, {}});
    const PackedFloat32 packed =
        PackGemmFloat32(shape_.cols, shape_.depth, ColumnsOf<float>(), std::vector<float>());
    EmitGemm(GemmFloat32Params{AllRows(), shape_.depth, shape_.cols, {}},
             {to_.Constant(packed.filter), to_.Constant(packed.bias)});
  }

  Status Int8() {
    const Quantization &qa = *a().quantization, &qb = *b().quantization,
                       &out = *output().quantization;
    const Int8Output stored = OutputOf(out, {});
    // XNNPACK multiplies by constants without zero point; the rest is TensorFlow Lite's own.
    const bool has_scale = b().constant && qb.zero_point[0] == 0;
    const float product = qa.scale[0] * qb.scale[0];
    const double exact = double{product} / double{out.scale[0]};
    if (!std::isfinite(exact) || exact >= 0x1p30 || shape_.depth > kMostInt8Depth) {
      return to_.graph().ErrorAt(node_, "its depth or the scales of its factors are too large");
    }
    const double most = 255.0 * 128.0 * shape_.depth * exact;
    if (has_scale && IsPackedAhead() && most <= double{RequantizeInt8::kMostBounded}) {
      const std::vector<float> scales(static_cast<size_t>(shape_.cols), product / out.scale[0]);
      const auto packed =
          PackGemm<int8_t, int8_t>(shape_.cols, shape_.depth, ColumnsOf<int8_t>(),
                                   std::vector<int32_t>(), scales, qa.zero_point[0]);
      EmitGemm(
          GemmParams<int8_t, int8_t>{AllRows(), shape_.depth, shape_.cols, stored},
          {to_.Constant(packed.filter), to_.Constant(packed.bias), to_.Constant(packed.scale)});
      return Done{};
    }
    BatchGemmInt8Output result{qa.zero_point[0], qb.zero_point[0], 0.0f, {}, stored};
    if (has_scale) {
      result.scale = product / out.scale[0];
    } else {
      result.fixed = ToFixedPoint(exact);
    }
    Emit(BatchGemmParams<int8_t>{shape_, result});
    return Done{};
  }

  Status Int16() {
    const double scale = Int16RequantizationScales(*a().quantization, *b().quantization,
                                                   *output().quantization, 1, Rounding16::kHalfUp,
                                                   /*float_product=*/true)[0];
    if (!(scale < 0x1p15)) {
      return to_.graph().ErrorAt(node_, "the scales of its factors are too large");
    }
    Emit(BatchGemmParams<int16_t>{shape_, {static_cast<float>(scale)}});
    return Done{};
  }

 private:
  const Tensor& a() const { return to_.tensor(node_.inputs[0]); }
  const Tensor& b() const { return to_.tensor(node_.inputs[1]); }
  const Tensor& output() const { return to_.tensor(node_.outputs[0]); }

  // Whether all rows of the left factor meet one constant matrix.
  bool IsPackedAhead() const {
    return b().constant && !shape_.transpose_a &&
           CountOf(b()) == int64_t{shape_.depth} * shape_.cols;
  }
  int32_t AllRows() const { return static_cast<int32_t>(CountOf(a()) / shape_.depth); }

  // The right factor, [cols][depth].
  template <typename T>
  std::vector<T> ColumnsOf() const {
    const auto elements = b().ConstantAs<T>();
    std::vector<T> columns;
    for (int32_t column = 0; column < shape_.cols; ++column) {
      for (int32_t k = 0; k < shape_.depth; ++k) {
        columns.push_back(elements[shape_.IndexOfB(k, column)]);
      }
    }
    return columns;
  }

  void EmitGemm(KernelParams params, std::vector<Argument> constants) {
    constants.insert(constants.begin(), to_.Read(node_.inputs[0]));
    constants.push_back(to_.Write(node_.outputs[0]));
    to_.Emit(node_, std::move(params), std::move(constants));
  }

  template <typename T>
  void Emit(const BatchGemmParams<T>& params) {
    const auto scratch = static_cast<int64_t>(BatchGemmScratchBytes<T>(shape_));
    to_.Emit(node_, params,
             {to_.Read(node_.inputs[0]), to_.Read(node_.inputs[1]), to_.Write(node_.outputs[0]),
              to_.Scratch(scratch)});
  }

  Lowering& to_;
  const Node& node_;
  const BatchGemmShape& shape_;
};

}  // namespace

Status Lower(Lowering& to, const Node& node, const BatchMatMul& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0, 1}, kAllPrecisions));
  const Shape &a = to.tensor(node.inputs[0]).shape, &b = to.tensor(node.inputs[1]).shape;
  const Shape& out = to.tensor(node.outputs[0]).shape;
  const auto matrices = BroadcastOf({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
  if (!matrices) return to.graph().ErrorAt(node, "too many dimensions in which factors repeat");
  const BatchGemmShape shape{.matrices = *matrices,
                             .rows = static_cast<int32_t>(out[out.size() - 2]),
                             .depth = static_cast<int32_t>(a[a.size() - (op.adj_a ? 2 : 1)]),
                             .cols = static_cast<int32_t>(out.back()),
                             .transpose_a = op.adj_a,
                             .transpose_b = op.adj_b};
  LowerBatchMatMul lower(to, node, shape);
  if (dtype == DType::kInt8) return lower.Int8();
  if (dtype == DType::kInt16) return lower.Int16();
  lower.Float32();
  return Done{};
}

}  // namespace wranglet
