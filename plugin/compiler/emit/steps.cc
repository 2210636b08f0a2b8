#include "plugin/compiler/emit/steps.h"

#include <algorithm>
#include <set>
#include <variant>

#include "plugin/compiler/emit/initializer.h"

namespace wranglet {
namespace {

// Text that a line comment can hold whatever a network's file calls its nodes.
std::string Comment(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~' || c == '\\') c = '?';
  }
  return "// " + text + "\n";
}

std::string Includes(const Plan& plan) {
  std::set<std::string> headers = {"kernels/module.h"};
  for (const Step& step : plan.steps) headers.insert(InfoOf(step.params).header);
  std::string text = "#include <cstddef>\n#include <cstdint>\n\n";
  for (const std::string& header : headers) text += "#include \"" + header + "\"\n";
  return text;
}

// #embed is C++26, and params that are left out have their defaults.
constexpr char kPragmas[] = R"(
#pragma clang diagnostic ignored "-Wc23-extensions"
#pragma clang diagnostic ignored "-Wmissing-designated-field-initializers"
)";

// The two arrays; each has a byte at least, as C++ demands.
std::string Memory(const Plan& plan, WeightsStorage storage) {
  auto size = [](size_t bytes) { return "[" + std::to_string(std::max<size_t>(bytes, 1)) + "]"; };
  std::string text =
      "alignas(64) uint8_t arena" + size(static_cast<size_t>(plan.arena_bytes)) + ";\n\n";
  if (storage == WeightsStorage::kExternal) {
    return text + "alignas(64) uint8_t weights" + size(plan.weights.size()) + ";\n";
  }
  return text + "alignas(64) constexpr uint8_t weights" + size(plan.weights.size()) +
         " = {\n"
         "#embed \"weights.bin\"\n"
         "};\n";
}

constexpr char kAccessors[] = R"(
template <typename T>
T* Arena(size_t offset) {
  return reinterpret_cast<T*>(arena + offset);
}

template <typename T>
const T* Weights(size_t offset) {
  return reinterpret_cast<const T*>(weights + offset);
}
)";

std::string Expression(const Ref& ref, const std::string& type) {
  std::string offset = "(" + std::to_string(ref.offset);
  if (ref.advance != 0) offset += " + round * " + std::to_string(ref.advance);
  offset += ")";
  switch (ref.region) {
    case Ref::Region::kNone:
      return "nullptr";
    case Ref::Region::kArena:
      return "Arena<" + type + ">" + offset;
    case Ref::Region::kWeights:
      return "Weights<" + type + ">" + offset;
  }
  return "";
}

// `text` in lines of up to 100 columns, broken after commas; all lines but the first are indented.
std::string Wrapped(std::string text) {
  constexpr size_t kColumns = 100;
  for (size_t start = 0; text.size() - start > kColumns;) {
    const size_t comma = text.rfind(", ", start + kColumns - 1);
    if (comma == std::string::npos || comma <= start) break;
    text.replace(comma, 2, ",\n        ");
    start = comma + 2;
  }
  return text;
}

std::string Call(const Step& step) {
  const KernelInfo kernel = InfoOf(step.params);
  // A constant that lies in memory: built for each call, they would be a tenth of the code.
  std::string params = std::string("    static constexpr ParamsOf<") + kernel.name + "> params = ";
  params += std::visit([](const auto& held) { return Initializer(held); }, step.params);
  std::string call = std::string("    ") + kernel.name + "(params";
  for (size_t i = 0; i < step.args.size(); ++i) {
    call += ", " + Expression(step.args[i], kernel.args[i].type);
  }
  return "  WRANGLET_STEP(" + std::to_string(step.layer) + ")  " +
         Comment(step.node + ": " + step.summary) + "  {\n" + Wrapped(params + ";") + "\n" +
         Wrapped(call + ");") + "\n  }\n";
}

// All calls, those of loops in loops.
std::string Calls(const Plan& plan) {
  std::string text;
  auto loop = plan.loops.begin();
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const bool is_in_loop = loop != plan.loops.end() && i >= loop->first;
    if (is_in_loop && i == loop->first) {
      text += "  for (size_t round = 0; round < " + std::to_string(loop->rounds) + "; ++round) {\n";
    }
    text += Call(plan.steps[i]);
    if (is_in_loop && i + 1 == loop->end) text += "  }\n", ++loop;
  }
  return text;
}

// A function from the index of an input or output to its place.
std::string Places(const std::string& name, const std::vector<PlacedTensor>& tensors) {
  std::string text = "uint8_t* " + name + "(uint32_t index) {\n  switch (index) {\n";
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Ref& place = tensors[i].place;
    const bool constant = place.region == Ref::Region::kWeights;
    text += "    case " + std::to_string(i) + ": return " +
            (constant ? "const_cast<uint8_t*>(" + Expression(place, "uint8_t") + ")"
                      : Expression(place, "uint8_t")) +
            ";  " + Comment(tensors[i].name);
  }
  return text + "    default: return nullptr;\n  }\n}\n\n";
}

}  // namespace

std::string StepsSource(const Plan& plan, WeightsStorage storage) {
  std::string text = "// Written by `wranglet compile`: the network as calls of kernels.\n\n";
  text += Includes(plan) + kPragmas + "\nusing namespace wranglet;\n\nnamespace {\n\n";
  text += Memory(plan, storage) + kAccessors + "\n}  // namespace\n\n";
  text += "uint32_t wranglet_abi() { return WRANGLET_ABI_VERSION; }\n\n";
  text += "uint8_t* wranglet_weights() { return const_cast<uint8_t*>(weights); }\n\n";
  text += "void wranglet_prepare() {}\n\n";
  text += Places("wranglet_input", plan.inputs) + Places("wranglet_output", plan.outputs);
  text += "void wranglet_infer() {\n";
  return text + Calls(plan) + "}\n";
}

}  // namespace wranglet
