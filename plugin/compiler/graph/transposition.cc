#include "plugin/compiler/graph/transposition.h"

#include <cstring>
#include <utility>

namespace wranglet {

bool IsIdentity(const Permutation& permutation) {
  for (size_t i = 0; i < permutation.size(); ++i) {
    if (permutation[i] != static_cast<int32_t>(i)) return false;
  }
  return true;
}

Permutation Inverse(const Permutation& permutation) {
  Permutation inverse(permutation.size());
  for (size_t i = 0; i < permutation.size(); ++i) {
    inverse[static_cast<size_t>(permutation[i])] = static_cast<int32_t>(i);
  }
  return inverse;
}

Permutation Compose(const Permutation& first, const Permutation& second) {
  Permutation both;
  for (const int32_t i : second) both.push_back(first[static_cast<size_t>(i)]);
  return both;
}

Shape Permuted(const Shape& shape, const Permutation& permutation) {
  Shape permuted;
  for (const int32_t i : permutation) permuted.push_back(shape[static_cast<size_t>(i)]);
  return permuted;
}

bool KeepsOrder(const Shape& shape, const Permutation& permutation) {
  int32_t last = -1;
  for (const int32_t i : permutation) {
    if (shape[static_cast<size_t>(i)] == 1) continue;
    if (i < last) return false;
    last = i;
  }
  return true;
}

Tensor TransposedConstant(const Tensor& tensor, const Permutation& permutation) {
  Tensor transposed = tensor;
  transposed.shape = Permuted(tensor.shape, permutation);
  if (transposed.quantization && transposed.quantization->scale.size() > 1) {
    const auto axis = static_cast<size_t>(transposed.quantization->axis);
    transposed.quantization->axis = Inverse(permutation)[axis];
  }
  const size_t rank = permutation.size(), bytes = SizeOf(tensor.dtype);
  std::vector<size_t> strides(rank, 1);  // of the input, in elements
  for (size_t i = rank; i-- > 1;) {
    strides[i - 1] = strides[i] * static_cast<size_t>(tensor.shape[i]);
  }
  const size_t count = tensor.constant->size() / bytes;
  std::vector<int64_t> index(rank, 0);  // of the output
  for (size_t element = 0; element < count; ++element) {
    size_t from = 0;
    for (size_t i = 0; i < rank; ++i) {
      from += static_cast<size_t>(index[i]) * strides[static_cast<size_t>(permutation[i])];
    }
    std::memcpy(transposed.constant->data() + element * bytes,
                tensor.constant->data() + from * bytes, bytes);
    for (size_t i = rank; i-- > 0;) {
      if (++index[i] < transposed.shape[i]) break;
      index[i] = 0;
    }
  }
  return transposed;
}

}  // namespace wranglet
