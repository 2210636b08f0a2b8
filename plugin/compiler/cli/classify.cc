#include "plugin/compiler/cli/classify.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace wranglet {
namespace {

// tensor.js's realValues: (stored - zeroPoint) * scale in double precision.
template <typename T>
std::vector<double> RealValuesAs(std::span<const std::byte> bytes, double scale,
                                 double zero_point) {
  std::vector<T> stored(bytes.size() / sizeof(T));
  if (!stored.empty()) std::memcpy(stored.data(), bytes.data(), stored.size() * sizeof(T));
  std::vector<double> values;
  for (const T v : stored) values.push_back((static_cast<double>(v) - zero_point) * scale);
  return values;
}

// exp(v - max) / sum, in classify.js's order.
std::vector<double> Softmaxed(std::vector<double> values) {
  double highest = -std::numeric_limits<double>::infinity();
  for (const double v : values) highest = std::max(highest, v);
  double sum = 0.0;
  for (double& v : values) sum += v = std::exp(v - highest);
  for (double& v : values) v /= sum;
  return values;
}

}  // namespace

Result<std::vector<double>> RealValues(DType dtype, const std::optional<Quantization>& quantization,
                                       std::span<const std::byte> bytes) {
  const double scale = quantization ? quantization->scale[0] : 1.0;
  const double zero_point = quantization ? quantization->zero_point[0] : 0.0;
  switch (dtype) {
    case DType::kFloat32:
      return RealValuesAs<float>(bytes, scale, zero_point);
    case DType::kInt8:
      return RealValuesAs<int8_t>(bytes, scale, zero_point);
    case DType::kUint8:
      return RealValuesAs<uint8_t>(bytes, scale, zero_point);
    case DType::kInt16:
      return RealValuesAs<int16_t>(bytes, scale, zero_point);
    case DType::kInt32:
      return RealValuesAs<int32_t>(bytes, scale, zero_point);
    case DType::kInt64:
      return RealValuesAs<int64_t>(bytes, scale, zero_point);
    default:
      return Error{.message = std::string("is ") + NameOf(dtype) + ", which has no scores"};
  }
}

Result<std::vector<Class>> Classify(const PlacedTensor& output, std::span<const std::byte> bytes,
                                    std::string_view kind, const std::vector<std::string>& labels) {
  Result<std::vector<double>> real = RealValues(output.dtype, output.quantization, bytes);
  if (!real.ok()) {
    return Error{.message = "output '" + output.name + "' " + real.error().message};
  }
  std::vector<double> scores = std::move(*real);
  if (kind == "logits") scores = Softmaxed(std::move(scores));
  std::vector<Class> classes;
  for (size_t i = 0; i < scores.size(); ++i) {
    classes.push_back({i < labels.size() ? labels[i] : std::to_string(i), i, scores[i]});
  }
  std::stable_sort(classes.begin(), classes.end(),
                   [](const Class& a, const Class& b) { return a.score > b.score; });
  return classes;
}

}  // namespace wranglet
