// Runs a network by ONNX Runtime on bytes from files:
//   run_onnxruntime MODEL                       prints what goes in, as JSON
//   run_onnxruntime MODEL OUTPUT_PREFIX INPUT...
// which are as run_model's. Fails with what ONNX Runtime complains of.

#include <onnxruntime/onnxruntime_cxx_api.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Type {
  const char* name;  // as compare.mjs spells it
  size_t size;
};

Type TypeOf(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      return {"float32", 4};
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return {"int32", 4};
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return {"int64", 8};
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8:
      return {"int8", 1};
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
      return {"uint8", 1};
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16:
      return {"int16", 2};
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
      return {"bool", 1};
    default:
      throw std::runtime_error("a tensor of a type that tests do not use");
  }
}

// What one inference gives as an input.
struct Input {
  explicit Input(const Ort::TypeInfo& info) {
    const auto tensor = info.GetTensorTypeAndShapeInfo();
    element = tensor.GetElementType();
    bytes = TypeOf(element).size;
    for (const int64_t size : tensor.GetShape()) {
      shape.push_back(std::max<int64_t>(size, 1));  // a batch of any size is one of 1
      bytes *= static_cast<size_t>(shape.back());
    }
  }

  // The tensor over the bytes at `data`, where they are.
  Ort::Value TensorAt(char* data) const {
    static const auto memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
    return Ort::Value::CreateTensor(memory, data, bytes, shape.data(), shape.size(), element);
  }

  ONNXTensorElementDataType element;
  std::vector<int64_t> shape;
  size_t bytes;
};

std::vector<Input> InputsOf(const Ort::Session& session) {
  std::vector<Input> inputs;
  for (size_t i = 0; i < session.GetInputCount(); ++i) {
    inputs.emplace_back(session.GetInputTypeInfo(i));
  }
  return inputs;
}

void Describe(const Ort::Session& session) {
  nlohmann::json list = nlohmann::json::array();
  for (const Input& input : InputsOf(session)) {
    list.push_back({{"dtype", TypeOf(input.element).name}, {"shape", input.shape}});
  }
  std::cout << nlohmann::json{{"inputs", list}}.dump() << "\n";
}

void Run(Ort::Session& session, const std::string& prefix, const std::vector<std::string>& files) {
  const std::vector<Input> described = InputsOf(session);
  if (files.size() != described.size()) {
    throw std::runtime_error("the network takes another number of inputs");
  }
  const std::vector<std::string> input_names = session.GetInputNames();
  const std::vector<std::string> output_names = session.GetOutputNames();
  std::vector<const char*> names_in, names_out;
  for (const std::string& name : input_names) names_in.push_back(name.c_str());
  for (const std::string& name : output_names) names_out.push_back(name.c_str());

  std::vector<std::string> inputs, outputs(output_names.size());
  for (const std::string& file : files) inputs.push_back(ReadFile(file));
  const size_t count = inputs[0].size() / described[0].bytes;
  for (size_t inference = 0; inference < count; ++inference) {
    std::vector<Ort::Value> values;
    for (size_t i = 0; i < inputs.size(); ++i) {
      values.push_back(described[i].TensorAt(&inputs[i].at(inference * described[i].bytes)));
    }
    const auto results = session.Run(Ort::RunOptions(), names_in.data(), values.data(),
                                     values.size(), names_out.data(), names_out.size());
    for (size_t i = 0; i < outputs.size(); ++i) {
      const auto info = results[i].GetTensorTypeAndShapeInfo();
      outputs[i].append(results[i].GetTensorData<char>(),
                        info.GetElementCount() * TypeOf(info.GetElementType()).size);
    }
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::ofstream(prefix + std::to_string(i), std::ios::binary) << outputs[i];
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty() || arguments.size() == 2) {
    std::cerr << "usage: run_onnxruntime MODEL [OUTPUT_PREFIX INPUT...]\n";
    return 2;
  }
  try {
    const Ort::Env environment(ORT_LOGGING_LEVEL_ERROR);
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    // Without this, sums of two products of uint8 and int8 saturate at 16 bits where the processor
    // has no better instruction.
    options.AddConfigEntry("session.x64quantprecision", "1");
    Ort::Session session(environment, arguments[0].c_str(), options);
    if (arguments.size() == 1) {
      Describe(session);
    } else {
      Run(session, arguments[1], {arguments.begin() + 2, arguments.end()});
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
