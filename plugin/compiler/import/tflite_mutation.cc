#include "plugin/compiler/import/tflite_mutation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>

#include "flatbuffers/flatbuffers.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {
namespace {

constexpr int32_t kNumbers[] = {-1,
                                0,
                                1,
                                2,
                                3,
                                4,
                                5,
                                6,
                                7,
                                8,
                                -2,
                                16,
                                100,
                                127,
                                -7,
                                12,
                                24,
                                1 << 15,
                                1 << 16,
                                1 << 24,
                                std::numeric_limits<int32_t>::min(),
                                std::numeric_limits<int32_t>::max()};
constexpr float kScales[] = {0,     0.05f, 1,     1.0f / 256, 1.0f / 128, 1e-30f,
                             1e30f, -1,    1e-6f, INFINITY,   NAN};

class Mutator {
 public:
  Mutator(std::span<std::byte> file, std::minstd_rand& random)
      : file_(file), model_(*tflite::GetMutableModel(file.data())), random_(random) {}

  void Mutate() {
    static constexpr void (Mutator::* kChanges[])() = {
        &Mutator::ChangeCode,     &Mutator::ChangeOperator, &Mutator::ChangeOption,
        &Mutator::ChangeOption,   &Mutator::ChangeReader,   &Mutator::ChangeReader,
        &Mutator::ChangeShape,    &Mutator::ChangeShape,    &Mutator::ChangeType,
        &Mutator::ChangeScale,    &Mutator::ChangeConstant, &Mutator::ChangeConstant,
        &Mutator::ChangeConstant, &Mutator::ChangeInterface};
    (this->*Pick(kChanges))();
  }

 private:
  size_t Below(size_t count) { return random_() % count; }
  template <typename T, size_t count>
  T Pick(const T (&choices)[count]) {
    return choices[Below(count)];
  }
  int32_t Number() { return Pick(kNumbers); }

  // One of a vector of tables, or null when there is none.
  template <typename T>
  T* PickOf(flatbuffers::Vector<flatbuffers::Offset<T>>* tables) {
    if (tables == nullptr || tables->size() == 0) return nullptr;
    return tables->GetMutableObject(static_cast<uint32_t>(Below(tables->size())));
  }
  // Puts a value into a vector of numbers, unless it is empty.
  template <typename T>
  void Put(flatbuffers::Vector<T>* numbers, T value) {
    if (numbers == nullptr || numbers->size() == 0) return;
    // A changed file may have them at any address.
    std::memcpy(numbers->Data() + sizeof(T) * Below(numbers->size()), &value, sizeof(T));
  }

  tflite::SubGraph* Subgraph() { return PickOf(model_.mutable_subgraphs()); }
  tflite::Operator* PickOperator() {
    auto* subgraph = Subgraph();
    return subgraph == nullptr ? nullptr : PickOf(subgraph->mutable_operators());
  }
  tflite::Tensor* PickTensor() {
    auto* subgraph = Subgraph();
    return subgraph == nullptr ? nullptr : PickOf(subgraph->mutable_tensors());
  }
  // Some tensor's index; now and then none that there is.
  int32_t TensorIndex() {
    auto* subgraph = Subgraph();
    const bool any =
        subgraph != nullptr && subgraph->tensors() != nullptr && subgraph->tensors()->size() > 0;
    if (!any || Below(32) == 0) return Number();
    return static_cast<int32_t>(Below(subgraph->tensors()->size()));
  }

  void ChangeCode() {
    auto* code = PickOf(model_.mutable_operator_codes());
    if (code == nullptr) return;
    const auto number = static_cast<int32_t>(Below(tflite::BuiltinOperator_MAX + 2));
    code->mutate_builtin_code(number);
    code->mutate_deprecated_builtin_code(static_cast<int8_t>(std::min(number, 127)));
  }

  void ChangeOperator() {
    auto* op = PickOperator();
    if (op != nullptr && model_.operator_codes() != nullptr) {
      op->mutate_opcode_index(static_cast<uint32_t>(Below(model_.operator_codes()->size() + 1)));
    }
  }

  // Any field of the options, which are a table of numbers of one or four bytes.
  void ChangeOption() {
    auto* op = PickOperator();
    if (op == nullptr || op->builtin_options() == nullptr) return;
    auto* bytes = const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(op->builtin_options()));
    const auto* table = reinterpret_cast<const flatbuffers::Table*>(bytes);
    const uint8_t* vtable = table->GetVTable();
    const auto fields = (flatbuffers::ReadScalar<uint16_t>(vtable) - 4) / 2;
    if (fields <= 0) return;
    const auto slot = static_cast<uint16_t>(4 + 2 * Below(static_cast<size_t>(fields)));
    const uint16_t offset = flatbuffers::ReadScalar<uint16_t>(vtable + slot);
    const auto* end = reinterpret_cast<const uint8_t*>(file_.data() + file_.size());
    if (offset == 0 || end - bytes < offset + 4) return;
    const int32_t number = Number();
    const float real = Pick(kScales);
    switch (Below(4)) {
      case 0:
        std::memcpy(bytes + offset, &real, sizeof(real));
        return;
      case 1:
        std::memcpy(bytes + offset, &number, sizeof(number));
        return;
      default:
        bytes[offset] = static_cast<uint8_t>(Below(4));
    }
  }

  void ChangeReader() {
    auto* op = PickOperator();
    if (op == nullptr) return;
    Put(Below(4) == 0 ? op->mutable_outputs() : op->mutable_inputs(), TensorIndex());
  }

  void ChangeShape() {
    if (auto* tensor = PickTensor()) Put(tensor->mutable_shape(), Number());
  }

  void ChangeType() {
    auto* tensor = PickTensor();
    if (tensor == nullptr) return;
    if (Below(4) == 0) {
      tensor->mutate_buffer(static_cast<uint32_t>(Below(model_.buffers()->size() + 1)));
    } else {
      tensor->mutate_type(static_cast<tflite::TensorType>(Below(19)));
    }
  }

  void ChangeScale() {
    auto* tensor = PickTensor();
    auto* quantization = tensor == nullptr ? nullptr : tensor->mutable_quantization();
    if (quantization == nullptr) return;
    switch (Below(3)) {
      case 0:
        return Put(quantization->mutable_scale(), Pick(kScales));
      case 1:
        return Put(quantization->mutable_zero_point(), int64_t{Number()});
      default:
        quantization->mutate_quantized_dimension(Number());
    }
  }

  // An element, as if it were of 4 bytes, or a byte.
  void ChangeConstant() {
    auto* buffer = PickOf(model_.mutable_buffers());
    auto* data = buffer == nullptr ? nullptr : buffer->mutable_data();
    if (data == nullptr || data->size() == 0) return;
    if (data->size() < 4 || Below(4) == 0) return Put(data, static_cast<uint8_t>(random_()));
    const int32_t number = Number();
    std::memcpy(data->Data() + 4 * Below(data->size() / 4), &number, sizeof(number));
  }

  void ChangeInterface() {
    auto* subgraph = Subgraph();
    if (subgraph == nullptr) return;
    Put(Below(2) == 0 ? subgraph->mutable_inputs() : subgraph->mutable_outputs(), TensorIndex());
  }

  std::span<std::byte> file_;
  tflite::Model& model_;
  std::minstd_rand& random_;
};

}  // namespace

bool IsTfliteFile(std::span<const std::byte> file) {
  const auto* data = reinterpret_cast<const uint8_t*>(file.data());
  flatbuffers::Verifier verifier(data, file.size());
  if (file.size() < 8 || !tflite::VerifyModelBuffer(verifier)) return false;
  return tflite::GetModel(data)->buffers() != nullptr;
}

void MutateTflite(std::span<std::byte> file, std::minstd_rand& random) {
  Mutator(file, random).Mutate();
}

}  // namespace wranglet
