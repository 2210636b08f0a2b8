// A small quantised ONNX network (QuantizeLinear, DequantizeLinear) under construction, its sizes,
// quantisations and constants chance's.

#ifndef WRANGLET_TESTS_CONFORMANCE_RANDOM_QDQ_H_
#define WRANGLET_TESTS_CONFORMANCE_RANDOM_QDQ_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/conformance/random_onnx.h"

namespace wranglet {

// A quantised activation.
struct QdqValue {
  std::string name;
  Dims shape;
  float scale = 1;
  int32_t zero_point = 0;
  float spread = 1;  // its real values lie about as far from 0
};

// How activations are stored.
struct QdqStorage {
  const char* name;  // as compare.mjs spells it
  onnx::TensorProto::DataType type;
  int64_t opset;  // one that has it
};
inline constexpr QdqStorage kQdqStorages[] = {{"int8", onnx::TensorProto::INT8, 13},
                                              {"uint8", onnx::TensorProto::UINT8, 13},
                                              {"int16", onnx::TensorProto::INT16, 21}};

// Everything that operators compute stands between nodes that dequantise and quantise again, as
// quantisers for ONNX leave it. Filters are int8.
class RandomQdq : public RandomOnnx {
 public:
  RandomQdq(uint32_t seed, const QdqStorage& storage)
      : RandomOnnx(seed, storage.opset), storage_(storage) {}

  // A new input, quantised.
  QdqValue Next(const Dims& shape) {
    const std::string name = "x" + std::to_string(shapes.size());
    Input(name, shape);
    return Quantized(name, shape, 4);
  }

  std::string Reals(const std::vector<float>& values, const Dims& shape) {
    const std::string name = Fresh("c");
    model.Floats(name, shape, values);
    return name;
  }
  // The floats that the operator `op` makes of others.
  std::string Compute(const std::string& op, const std::vector<std::string>& inputs) {
    const std::string name = Fresh("f");
    model.Node(op, inputs, name);
    return name;
  }
  std::string Floats(const QdqValue& x) {
    return Compute("DequantizeLinear", {x.name, Reals({x.scale}, {}), ZeroPoint(x.zero_point)});
  }

  // Floats stored so that values of that spread neither all saturate nor all vanish.
  QdqValue Quantized(const std::string& floats, const Dims& shape, float spread) {
    const int32_t middle = OneIn(5) ? (OneIn(2) ? -128 : 127) : Pick(-60, 60);
    const float scale = spread * PickReal(0.7f, 2) / 128;
    QdqValue value = {.scale = scale, .zero_point = middle, .spread = spread};
    if (storage_.type == onnx::TensorProto::UINT8) value.zero_point += 128;
    if (IsInt16()) value.scale /= 256, value.zero_point = 0;
    return QuantizedLike(value, floats, shape);
  }
  // Floats stored as x is.
  QdqValue QuantizedLike(QdqValue x, const std::string& floats, const Dims& shape) {
    x.name = Fresh("q");
    x.shape = shape;
    model.Node("QuantizeLinear", {floats, Reals({x.scale}, {}), ZeroPoint(x.zero_point)}, x.name);
    return x;
  }

  // A constant of int8 that is dequantised, with one scale or one for each index of `axis`, and,
  // when x is given, the bias that goes with its products by x.
  struct Filter {
    std::string filter, bias;
    float spread;  // about how large the sums of `terms` products are
  };
  Filter Constants(const QdqValue& x, const Dims& shape, int64_t axis, int64_t terms,
                   bool may_be_per_channel = true) {
    const int64_t channels = shape[static_cast<size_t>(axis)];
    std::vector<float> scales(may_be_per_channel && OneIn(2) ? static_cast<size_t>(channels) : 1);
    for (float& scale : scales) scale = PickScale(0.002f, 0.02f);
    const Dims many = scales.size() > 1 ? Dims{channels} : Dims{};
    std::vector<int32_t> values;
    for (int64_t i = ElementsOf(shape); i > 0; --i) values.push_back(Pick(-127, 127));
    const std::string filter = Fresh("w"), bias = Fresh("b");
    model.Stored(filter, shape, onnx::TensorProto::INT8, values);
    const std::string none = Fresh("zero");
    model.Stored(none, many, onnx::TensorProto::INT8, std::vector<int32_t>(scales.size(), 0));
    Filter made;
    made.filter = Compute("DequantizeLinear", {filter, Reals(scales, many), none});
    if (!many.empty()) model.With("axis", axis);

    values.clear();
    for (int64_t i = channels; i > 0; --i)
      values.push_back(Pick(-4000, 4000) * (IsInt16() ? 256 : 1));
    model.Stored(bias, {channels}, onnx::TensorProto::INT32, values);
    made.spread =
        x.spread * 70 * *std::ranges::max_element(scales) * std::sqrt(static_cast<float>(terms));
    for (float& scale : scales) scale *= x.scale;
    made.bias = Compute("DequantizeLinear", {bias, Reals(scales, many)});
    if (!many.empty()) model.With("axis", int64_t{0});
    return made;
  }

  // The mean over an axis, which it keeps. The axis became an input.
  std::string Mean(const std::string& floats, int64_t axis) {
    if (storage_.opset < 18) {
      const std::string y = Compute("ReduceMean", {floats});
      model.With("axes", Dims{axis});
      return y;
    }
    const std::string axes = Fresh("axes");
    model.Ints(axes, {axis});
    return Compute("ReduceMean", {floats, axes});
  }

  // The network puts out `y`, as it is stored.
  void Finish(const QdqValue& y) { model.Output(y.name); }

 private:
  std::string Fresh(const char* prefix) { return prefix + std::to_string(++names_); }

  std::string ZeroPoint(int32_t value) {
    const std::string name = Fresh("zero");
    model.Stored(name, {}, storage_.type, {value});
    return name;
  }

  bool IsInt16() const { return storage_.type == onnx::TensorProto::INT16; }

  QdqStorage storage_;
  int names_ = 0;
};

// One operator: appends itself behind x.
struct QdqCase {
  const char* name;
  QdqValue (*append)(RandomQdq& net, const QdqValue& x);
  bool takes_image = false;
};

std::vector<QdqCase> QdqCases();

}  // namespace wranglet

#endif  // WRANGLET_TESTS_CONFORMANCE_RANDOM_QDQ_H_
