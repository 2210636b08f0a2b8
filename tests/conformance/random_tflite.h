// A small .tflite network under construction, all of whose sizes, quantisations and constants are
// chance's. The operators' files (generate_*.cc) append to it.

#ifndef WRANGLET_TESTS_CONFORMANCE_RANDOM_TFLITE_H_
#define WRANGLET_TESTS_CONFORMANCE_RANDOM_TFLITE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_builder.h"
#include "tests/conformance/chance.h"

namespace wranglet {

// What activations are. int16 ones go with int8 filters and int64 biases.
enum Precision : unsigned { kFloat32 = 1, kInt8 = 2, kInt16 = 4, kUint8 = 8 };
inline constexpr unsigned kInt8OrFloat = kFloat32 | kInt8;
inline constexpr unsigned kAllButInt16 = kFloat32 | kInt8 | kUint8;
inline constexpr unsigned kAllPrecisions = kAllButInt16 | kInt16;

const char* NameOf(Precision precision);

using TfliteShape = std::vector<int32_t>;

int64_t ElementsOf(const TfliteShape& shape);

// A tensor of the network.
struct Value {
  int32_t id = -1;
  tflite::TensorType type = tflite::TensorType_FLOAT32;
  TfliteShape shape;
  float scale = 0;  // 0 when it is not quantised
  int32_t zero_point = 0;
  float spread = 1;  // its real values lie about as far from 0

  TfliteQuantization quantization() const {
    if (scale == 0) return {};
    return {.scale = {scale}, .zero_point = {zero_point}};
  }
};

class RandomTflite : public Chance {
 public:
  RandomTflite(uint32_t seed, Precision precision);

  Precision precision() const { return precision_; }
  tflite::TensorType type() const;  // of activations
  bool IsQuantized() const { return precision_ != kFloat32; }

  TfliteShape PickShape(size_t rank);

  // What the next operator reads: the end of the chain so far, reshaped when its rank is not in
  // [least, most], or a new input.
  Value Next(size_t least = 4, size_t most = 4);

  // Makes the next operator read `y`.
  void Continue(const Value& y) { end_ = y; }
  // Makes `y` an output of the network beside the end.
  void AlsoOutput(const Value& y) { outputs_.push_back(y); }

  // A quantisation of this network's activations under which values of that spread neither all
  // saturate nor all vanish; now and then they nearly do.
  Value Quantized(TfliteShape shape, float spread);
  // The network's inputs. A positive one has no values at or below zero.
  Value Input(Value described, bool is_positive = false);
  Value Input(TfliteShape shape);
  // An activation that an operator writes.
  Value Activation(Value described);
  Value Activation(TfliteShape shape, float spread) {
    return Activation(Quantized(std::move(shape), spread));
  }
  // Like x: the same type and quantisation, another shape.
  Value Like(const Value& x, TfliteShape shape);
  Value LikeInput(const Value& x, TfliteShape shape, bool is_positive = false);
  Value LikeConstant(const Value& x, TfliteShape shape);
  // A constant of this network's precision.
  Value Constant(TfliteShape shape, float spread);

  // A filter of an operator on x, its output channels along `axis`; and the bias that goes with it.
  // `spread` gets about how large sums of `terms` products are.
  struct Filtered {
    Value filter;
    int32_t bias = -1;
    float spread = 1;
  };
  Filtered Filter(const Value& x, const TfliteShape& shape, int32_t axis, int64_t terms,
                  bool may_lack_bias = true, bool may_have_one_scale = true);

  // How a float network's file stores filters: as float16 numbers that a DEQUANTIZE widens, or in
  // int8 (dynamic-range quantisation).
  enum class Weights { kFloat32, kFloat16, kInt8 };
  Weights weights = Weights::kFloat32;

  tflite::FusedActivation PickActivation();

  struct File {
    std::vector<std::byte> network;
    std::vector<Value> inputs, outputs;
    std::vector<std::vector<std::byte>> samples;  // of each input: values of `count` inferences
  };
  File Finish(size_t count);

  TfliteBuilder file;

 private:
  // Filter's parts by the network's precision.
  Value FloatFilter(const TfliteShape& shape, int32_t axis, float deviation);
  void AddIntegerFilter(Filtered& made, const Value& x, int32_t axis, bool has_bias,
                        bool may_have_one_scale);
  TfliteQuantization FilterQuantization(int32_t channels, int32_t axis, float deviation,
                                        bool may_have_one_scale);
  std::vector<std::byte> Elements(const Value& value, int64_t count, int kind, bool is_positive);

  struct NetworkInput {
    Value value;
    bool is_positive;
  };

  Precision precision_;
  std::optional<Value> end_;
  std::vector<NetworkInput> inputs_;
  std::vector<Value> outputs_;
};

// Where it may stand in a chain: last when it makes another type than it reads; and not at all when
// it is an operator's special case, which goes by a name of its own.
enum class Place { kAnywhere, kLast, kAlone };

// One operator: appends itself to the network.
struct TfliteCase {
  const char* name;     // TensorFlow Lite's
  unsigned precisions;  // Precision's bits: those it has in TensorFlow Lite
  void (*append)(RandomTflite& net);
  Place place = Place::kAnywhere;
};

std::vector<TfliteCase> FilterCases();       // convolutions and matrix products
std::vector<TfliteCase> ElementwiseCases();  // functions of one and of two tensors
std::vector<TfliteCase> WindowCases();       // pools, means, resizing
std::vector<TfliteCase> LayoutCases();       // other shapes and orders, padding
std::vector<TfliteCase> PartsCases();        // tensors put together and taken apart
std::vector<TfliteCase> TypeCases();         // from one type to another

}  // namespace wranglet

#endif  // WRANGLET_TESTS_CONFORMANCE_RANDOM_TFLITE_H_
