// Products of matrices neither of which is packed ahead, batch by batch. The right factor is packed
// when its turn comes, into scratch memory, and the tiles of gemm_*.h multiply. Called by steps.cc.

#ifndef WRANGLET_KERNELS_BATCH_GEMM_H_
#define WRANGLET_KERNELS_BATCH_GEMM_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/broadcast.h"
#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"
#include "kernels/tile_pairs.h"

namespace wranglet {

struct BatchGemmShape {
  Broadcast matrices;  // of which each element is a matrix
  int32_t rows = 1, depth = 1, cols = 1;
  bool transpose_a = false, transpose_b = false;  // a is [depth,rows], b is [cols,depth]

  template <typename V>
  void ForEachField(V&& v) const {
    v("matrices", matrices), v("rows", rows), v("depth", depth), v("cols", cols);
    v("transpose_a", transpose_a), v("transpose_b", transpose_b);
  }

  // Columns in whole tiles of kTileColumns.
  constexpr size_t PaddedColumns() const {
    return static_cast<size_t>((cols + kTileColumns - 1) / kTileColumns * kTileColumns);
  }
  // Where element [k][column] of the right factor is.
  constexpr size_t IndexOfB(int32_t k, int32_t column) const {
    return transpose_b
               ? static_cast<size_t>(column) * static_cast<size_t>(depth) + static_cast<size_t>(k)
               : static_cast<size_t>(k) * static_cast<size_t>(cols) + static_cast<size_t>(column);
  }
};

// What becomes of a sum of int8 products: with a scale as XNNPACK has it, or, where that is 0, with
// a fixed point, as TensorFlow Lite's own kernel has it.
struct BatchGemmInt8Output {
  int32_t a_zero_point = 0, b_zero_point = 0;
  float scale = 0.0f;
  FixedPoint fixed;
  Int8Output stored;

  template <typename V>
  void ForEachField(V&& v) const {
    v("a_zero_point", a_zero_point), v("b_zero_point", b_zero_point), v("scale", scale);
    v("fixed", fixed), v("stored", stored);
  }
};

// Of int16 products: MultiplyByQuantizedMultiplier(int64_t) with a scale of 15 bits, halves up.
// (Where a sum exceeds 2^37, its product with the scale is rounded to 53 bits before.)
struct BatchGemmInt16Output {
  float scale = 0.0f;

  template <typename V>
  void ForEachField(V&& v) const {
    v("scale", scale);
  }
};

// The right factor, packed: Pack, then Multiply, a tile of rows at a time. Each lies in scratch
// memory of Bytes bytes, aligned to 16.
template <typename T>
class BatchGemmFactor;

template <>
class BatchGemmFactor<float> {
 public:
  using Output = FloatOutput;

  static constexpr size_t Bytes(const BatchGemmShape& shape) {
    return shape.PaddedColumns() * static_cast<size_t>(shape.depth + 1) * sizeof(float);
  }

  BatchGemmFactor(const BatchGemmShape& shape, const Output& output, void* scratch)
      : shape_(shape),
        clamp_(output),
        bias_(static_cast<float*>(scratch)),
        packed_(bias_ + shape.PaddedColumns()) {
    std::fill_n(bias_, shape.PaddedColumns(), 0.0f);
  }

  void Pack(const float* b) {
    float* to = packed_;
    for (int32_t column = 0; column < shape_.cols; column += kTileColumns) {
      for (int32_t k = 0; k < shape_.depth; ++k) {
        for (int32_t c = column; c < column + kTileColumns; ++c) {
          *to++ = c < shape_.cols ? b[shape_.IndexOfB(k, c)] : 0.0f;
        }
      }
    }
  }

  void Multiply(const float* const (&rows)[kTileRows], int32_t count,
                float* const (&out)[kTileRows]) const {
    static_assert(kTileRows == Float32Tile<false>::kRows);
    Float32Tile<false>::MultiplyRows(rows, count, {.length = shape_.depth}, shape_.cols, packed_,
                                     bias_, clamp_, out);
  }

 private:
  const BatchGemmShape& shape_;
  ClampFloat32x4 clamp_;
  float *bias_, *packed_;
};

class RequantizeBatchGemmInt8 {
 public:
  // See RequantizeInt8.
  using Out = int8_t;
  using Bias = int32_t;
  using Scale = float;
  static constexpr int32_t kMostDepth = RequantizeInt8::kMostDepth;
  static constexpr int32_t kColumns = kTileColumns;
  template <int kRows>
  using Sums = RequantizeInt8::Sums<kRows>;
  using Scales = RequantizeInt8::Scales;

  explicit RequantizeBatchGemmInt8(const BatchGemmInt8Output& output)
      : has_scale_(output.scale != 0),
        requantize_(output.stored),
        fixed_(output.fixed),
        zero_point_(wasm_i32x4_splat(output.stored.zero_point)),
        min_(wasm_i8x16_splat(static_cast<int8_t>(output.stored.min))),
        max_(wasm_i8x16_splat(static_cast<int8_t>(output.stored.max))) {}

  template <int kRows>
  v128_t operator()(const Sums<kRows>& sums, int row, const Scales& scales) const {
    if (has_scale_) return requantize_(sums, row, scales);
    const v128_t low = wasm_i32x4_add(fixed_(sums.low[row]), zero_point_);
    const v128_t high = wasm_i32x4_add(fixed_(sums.high[row]), zero_point_);
    const v128_t wide = wasm_i16x8_narrow_i32x4(low, high);
    return wasm_i8x16_min(wasm_i8x16_max(wasm_i8x16_narrow_i16x8(wide, wide), min_), max_);
  }

 private:
  bool has_scale_;
  RequantizeInt8 requantize_;
  MultiplyFixedPoint fixed_;
  v128_t zero_point_, min_, max_;
};

// int16 by int16, where the right factor's columns are four of high bytes and four of low ones:
// 256 * high + low, with low in [-128, 127] and high in [-128, 128].
class RequantizeBatchGemmInt16 {
 public:
  using Out = int16_t;
  using Bias = double;
  using Scale = double;
  static constexpr int32_t kMostDepth = RequantizeInt16::kMostDepth;
  static constexpr int32_t kColumns = kTileColumns / 2;
  template <int kRows>
  using Sums = RequantizeInt16::Sums<kRows>;
  using Scales = RequantizeInt16::Scales;

  template <int kRows>
  v128_t operator()(const Sums<kRows>& sums, int row, const Scales& scales) const {
    v128_t rounded[2];
    for (int pair = 0; pair < 2; ++pair) {
      const v128_t high = wasm_f64x2_mul(sums.Pair(row, pair), wasm_f64x2_splat(256.0));
      const v128_t product =
          wasm_f64x2_mul(wasm_f64x2_add(high, sums.Pair(row, pair + 2)), scales.Pair(pair));
      rounded[pair] = wasm_i32x4_trunc_sat_f64x2_zero(
          wasm_f64x2_floor(wasm_f64x2_add(product, wasm_f64x2_splat(0.5))));
    }
    const v128_t four = wasm_i64x2_shuffle(rounded[0], rounded[1], 0, 2);
    return wasm_i16x8_narrow_i32x4(four, four);
  }
};

namespace batch_gemm_internal {

// The parts of a quantised factor, in the order in which they lie.
template <typename Requantize>
struct QuantizedFactor {
  using Bias = typename Requantize::Bias;
  using Scale = typename Requantize::Scale;

  static constexpr size_t Blocks(const BatchGemmShape& shape) {
    return static_cast<size_t>((shape.cols + Requantize::kColumns - 1) / Requantize::kColumns);
  }
  static constexpr size_t Columns(const BatchGemmShape& shape) {
    return Blocks(shape) * kTileColumns;
  }
  static constexpr size_t Bytes(const BatchGemmShape& shape) {
    return Columns(shape) * (sizeof(Bias) + sizeof(Scale)) +
           Blocks(shape) * PackedElements(shape.depth, 2) * sizeof(int16_t);
  }

  QuantizedFactor(const BatchGemmShape& shape, float one_scale, void* scratch)
      : scale(static_cast<Scale*>(scratch)),
        bias(reinterpret_cast<Bias*>(scale + Columns(shape))),
        packed(reinterpret_cast<int16_t*>(bias + Columns(shape))) {
    std::fill_n(scale, Columns(shape), Scale{one_scale});
    std::fill_n(bias, Columns(shape), Bias{0});
  }

  // Element [k][c] of block `column` of the packed factor.
  static size_t At(int32_t depth, int32_t block, int32_t k, int32_t c) {
    return static_cast<size_t>(block) * PackedElements(depth, 2) +
           static_cast<size_t>(k / 2 * 2 * kTileColumns + c * 2 + k % 2);
  }

  Scale* scale;
  Bias* bias;
  int16_t* packed;
};

}  // namespace batch_gemm_internal

template <>
class BatchGemmFactor<int8_t> {
  using Factor = batch_gemm_internal::QuantizedFactor<RequantizeBatchGemmInt8>;

 public:
  using Output = BatchGemmInt8Output;

  static constexpr size_t Bytes(const BatchGemmShape& shape) { return Factor::Bytes(shape); }

  BatchGemmFactor(const BatchGemmShape& shape, const Output& output, void* scratch)
      : shape_(shape),
        output_(output),
        requantize_(output),
        factor_(shape, output.scale, scratch) {}

  // Less its zero point; a's goes into the bias.
  void Pack(const int8_t* b) {
    std::fill_n(factor_.packed, Factor::Blocks(shape_) * PackedElements(shape_.depth, 2),
                int16_t{0});
    for (int32_t column = 0; column < shape_.cols; ++column) {
      int32_t sum = 0;
      for (int32_t k = 0; k < shape_.depth; ++k) {
        const int32_t value = b[shape_.IndexOfB(k, column)] - output_.b_zero_point;
        factor_.packed[Factor::At(shape_.depth, column / kTileColumns, k, column % kTileColumns)] =
            static_cast<int16_t>(value);
        sum += value;
      }
      factor_.bias[column] = -output_.a_zero_point * sum;
    }
  }

  void Multiply(const int8_t* const (&rows)[kTileRows], int32_t count,
                int8_t* const (&out)[kTileRows]) const {
    PairTile<int8_t, int16_t>::MultiplyRows(rows, count, shape_.depth, shape_.cols, factor_.packed,
                                            factor_.bias, factor_.scale, requantize_, out);
  }

 private:
  const BatchGemmShape& shape_;
  const Output& output_;
  RequantizeBatchGemmInt8 requantize_;
  Factor factor_;
};

template <>
class BatchGemmFactor<int16_t> {
  using Factor = batch_gemm_internal::QuantizedFactor<RequantizeBatchGemmInt16>;

 public:
  using Output = BatchGemmInt16Output;

  static constexpr size_t Bytes(const BatchGemmShape& shape) { return Factor::Bytes(shape); }

  BatchGemmFactor(const BatchGemmShape& shape, const Output& output, void* scratch)
      : shape_(shape), factor_(shape, output.scale, scratch) {}

  void Pack(const int16_t* b) {
    constexpr int32_t kColumns = RequantizeBatchGemmInt16::kColumns;
    std::fill_n(factor_.packed, Factor::Blocks(shape_) * PackedElements(shape_.depth, 2),
                int16_t{0});
    for (int32_t column = 0; column < shape_.cols; ++column) {
      const int32_t block = column / kColumns, c = column % kColumns;
      for (int32_t k = 0; k < shape_.depth; ++k) {
        const int16_t value = b[shape_.IndexOfB(k, column)];
        const int32_t low = static_cast<int8_t>(value & 0xff);
        factor_.packed[Factor::At(shape_.depth, block, k, c)] =
            static_cast<int16_t>((value - low) / 256);
        factor_.packed[Factor::At(shape_.depth, block, k, c + kColumns)] =
            static_cast<int16_t>(low);
      }
    }
  }

  void Multiply(const int16_t* const (&rows)[kTileRows], int32_t count,
                int16_t* const (&out)[kTileRows]) const {
    PairTile<int16_t, int16_t>::MultiplyRows(rows, count, shape_.depth, shape_.cols, factor_.packed,
                                             factor_.bias, factor_.scale,
                                             RequantizeBatchGemmInt16(), out);
  }

 private:
  const BatchGemmShape& shape_;
  Factor factor_;
};

template <typename T>
struct BatchGemmParams {
  BatchGemmShape shape;
  typename BatchGemmFactor<T>::Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("output", output);
  }
};

// The packed right factor, and the left one's rows where it is transposed.
template <typename T>
constexpr size_t BatchGemmScratchBytes(const BatchGemmShape& shape) {
  const size_t a = static_cast<size_t>(shape.rows) * static_cast<size_t>(shape.depth) * sizeof(T);
  return BatchGemmFactor<T>::Bytes(shape) + (shape.transpose_a ? a : 0);
}

// output[m][r][c] = the sum over k of a[m][r][k] * b[m][k][c], for each matrix m of the broadcast
// shape. `scratch` has BatchGemmScratchBytes and begins at a multiple of 16.
template <typename T>
inline void BatchGemm(const BatchGemmParams<T>& params, const T* a, const T* b, T* output,
                      void* scratch) {
  const BatchGemmShape& shape = params.shape;
  const auto depth = static_cast<size_t>(shape.depth), cols = static_cast<size_t>(shape.cols);
  const size_t a_size = static_cast<size_t>(shape.rows) * depth, b_size = depth * cols;
  BatchGemmFactor<T> factor(shape, params.output, scratch);
  T* const transposed =
      reinterpret_cast<T*>(static_cast<unsigned char*>(scratch) + BatchGemmFactor<T>::Bytes(shape));
  const auto multiply = [&](const T* left, T* to) {
    if (shape.transpose_a) {
      for (size_t i = 0; i < a_size; ++i) {
        transposed[i] = left[i % depth * static_cast<size_t>(shape.rows) + i / depth];
      }
      left = transposed;
    }
    for (int32_t row = 0; row < shape.rows; row += kTileRows) {
      const int32_t count = std::min(kTileRows, shape.rows - row);
      const T* rows[kTileRows];
      T* out[kTileRows];
      for (int32_t i = 0; i < kTileRows; ++i) {
        const auto at = static_cast<size_t>(row + std::min(i, count - 1));
        rows[i] = left + at * depth;
        out[i] = to + at * cols;
      }
      factor.Multiply(rows, count, out);
    }
  };
  int32_t packed = -1;
  ForEachRow(shape.matrices, [&](int32_t a_index, int32_t b_index, int32_t output_index) {
    for (int32_t i = 0; i < shape.matrices.sizes.back(); ++i) {
      if (b_index != packed) factor.Pack(b + static_cast<size_t>(b_index) * b_size);
      packed = b_index;
      multiply(
          a + static_cast<size_t>(a_index) * a_size,
          output + static_cast<size_t>(output_index + i) * static_cast<size_t>(shape.rows) * cols);
      a_index += shape.matrices.a_strides.back();
      b_index += shape.matrices.b_strides.back();
    }
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_BATCH_GEMM_H_
