// Runs a network by native TensorFlow Lite's own kernels, without delegates, on bytes from files:
//   run_tflite MODEL OUTPUT_PREFIX INPUT...
// which are as run_model's. Fails with what TensorFlow Lite complains of.

#include <tensorflow/lite/interpreter.h>
#include <tensorflow/lite/kernels/register.h>
#include <tensorflow/lite/kernels/register_ref.h>
#include <tensorflow/lite/model.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The definition of an operator where TensorFlow Lite has one apart, else the only kernel there is.
class ReferenceKernels : public tflite::OpResolver {
 public:
  const TfLiteRegistration* FindOp(tflite::BuiltinOperator op, int version) const override {
    const TfLiteRegistration* found = reference_.FindOp(op, version);
    return found != nullptr ? found : optimized_.FindOp(op, version);
  }
  const TfLiteRegistration* FindOp(const char*, int) const override { return nullptr; }

 private:
  tflite::ops::builtin::BuiltinRefOpResolver reference_;
  tflite::ops::builtin::BuiltinOpResolverWithoutDefaultDelegates optimized_;
};

void Require(TfLiteStatus status, const char* what) {
  if (status != kTfLiteOk) throw std::runtime_error(std::string("TensorFlow Lite cannot ") + what);
}

std::unique_ptr<tflite::Interpreter> Load(const tflite::FlatBufferModel& model,
                                          const tflite::OpResolver& kernels) {
  std::unique_ptr<tflite::Interpreter> interpreter;
  Require(tflite::InterpreterBuilder(model, kernels)(&interpreter), "read the network");
  Require(interpreter->AllocateTensors(), "prepare the network");
  return interpreter;
}

// Version 2.14 takes a fully connected filter's scale a channel for one scale, and computes
// nonsense.
void RefuseMisread(const tflite::Interpreter& interpreter) {
  for (const int index : interpreter.execution_plan()) {
    const auto& [node, registration] = *interpreter.node_and_registration(index);
    if (registration.builtin_code != tflite::BuiltinOperator_FULLY_CONNECTED) continue;
    const TfLiteQuantization& filter = interpreter.tensor(node.inputs->data[1])->quantization;
    if (filter.type != kTfLiteAffineQuantization) continue;
    if (static_cast<const TfLiteAffineQuantization*>(filter.params)->scale->size > 1) {
      throw std::runtime_error(
          "TensorFlow Lite 2.14 misreads a fully connected filter's many scales");
    }
  }
}

void Run(tflite::Interpreter& interpreter, const std::string& prefix,
         const std::vector<std::string>& files) {
  if (files.size() != interpreter.inputs().size()) {
    throw std::runtime_error("the network has " + std::to_string(interpreter.inputs().size()) +
                             " inputs");
  }
  std::vector<std::string> inputs, outputs(interpreter.outputs().size());
  for (const std::string& file : files) inputs.push_back(ReadFile(file));
  const size_t count = inputs[0].size() / interpreter.input_tensor(0)->bytes;
  for (size_t inference = 0; inference < count; ++inference) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      const TfLiteTensor& tensor = *interpreter.input_tensor(i);
      if (inputs[i].size() != count * tensor.bytes)
        throw std::runtime_error("an input has the wrong size");
      std::memcpy(tensor.data.raw, &inputs[i][inference * tensor.bytes], tensor.bytes);
    }
    Require(interpreter.Invoke(), "run the network");
    for (size_t i = 0; i < outputs.size(); ++i) {
      const TfLiteTensor& tensor = *interpreter.output_tensor(i);
      outputs[i].append(tensor.data.raw, tensor.bytes);
    }
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::ofstream(prefix + std::to_string(i), std::ios::binary) << outputs[i];
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 3) {
    std::cerr << "usage: run_tflite MODEL OUTPUT_PREFIX INPUT...\n";
    return 2;
  }
  try {
    const auto model = tflite::FlatBufferModel::BuildFromFile(arguments[0].c_str());
    if (!model) throw std::runtime_error("this is no .tflite file");
    const ReferenceKernels kernels;
    const auto interpreter = Load(*model, kernels);
    RefuseMisread(*interpreter);
    Run(*interpreter, arguments[1], {arguments.begin() + 2, arguments.end()});
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
