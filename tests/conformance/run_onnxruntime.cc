// Runs a network by ONNX Runtime on bytes from files:
//   run_onnxruntime MODEL OUTPUT_PREFIX INPUT...
// which are as run_model's. Fails with what ONNX Runtime complains of.

#include <onnxruntime/onnxruntime_cxx_api.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

size_t SizeOf(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return 4;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return 8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
      return 1;
    default:
      throw std::runtime_error("a tensor of a type that tests do not use");
  }
}

// One inference's tensor over `bytes`, where they are.
Ort::Value TensorOf(const Ort::Session& session, size_t input, char* bytes, size_t size) {
  static const auto memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
  const Ort::TypeInfo info = session.GetInputTypeInfo(input);
  const auto tensor = info.GetTensorTypeAndShapeInfo();
  const std::vector<int64_t> shape = tensor.GetShape();
  return Ort::Value::CreateTensor(memory, bytes, size, shape.data(), shape.size(),
                                  tensor.GetElementType());
}

size_t BytesOf(const Ort::ConstTensorTypeAndShapeInfo& tensor) {
  return tensor.GetElementCount() * SizeOf(tensor.GetElementType());
}

void Run(Ort::Session& session, const std::string& prefix, const std::vector<std::string>& files) {
  if (files.size() != session.GetInputCount()) {
    throw std::runtime_error("the network takes another number of inputs");
  }
  const std::vector<std::string> input_names = session.GetInputNames();
  const std::vector<std::string> output_names = session.GetOutputNames();
  std::vector<const char*> names_in, names_out;
  for (const std::string& name : input_names) names_in.push_back(name.c_str());
  for (const std::string& name : output_names) names_out.push_back(name.c_str());

  std::vector<std::string> inputs, outputs(output_names.size());
  std::vector<size_t> sizes;
  for (size_t i = 0; i < files.size(); ++i) {
    inputs.push_back(ReadFile(files[i]));
    sizes.push_back(BytesOf(session.GetInputTypeInfo(i).GetTensorTypeAndShapeInfo()));
  }
  const size_t count = inputs[0].size() / sizes[0];
  for (size_t inference = 0; inference < count; ++inference) {
    std::vector<Ort::Value> values;
    for (size_t i = 0; i < inputs.size(); ++i) {
      values.push_back(TensorOf(session, i, &inputs[i].at(inference * sizes[i]), sizes[i]));
    }
    const auto results = session.Run(Ort::RunOptions(), names_in.data(), values.data(),
                                     values.size(), names_out.data(), names_out.size());
    for (size_t i = 0; i < outputs.size(); ++i) {
      const auto info = results[i].GetTensorTypeAndShapeInfo();
      outputs[i].append(results[i].GetTensorData<char>(),
                        info.GetElementCount() * SizeOf(info.GetElementType()));
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
    std::cerr << "usage: run_onnxruntime MODEL OUTPUT_PREFIX INPUT...\n";
    return 2;
  }
  try {
    const Ort::Env environment(ORT_LOGGING_LEVEL_ERROR);
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    Ort::Session session(environment, arguments[0].c_str(), options);
    Run(session, arguments[1], {arguments.begin() + 2, arguments.end()});
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
