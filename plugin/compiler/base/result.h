// Errors are values with a place: Result<T> is a T or the Error that explains why there is none.

#ifndef WRANGLET_PLUGIN_COMPILER_BASE_RESULT_H_
#define WRANGLET_PLUGIN_COMPILER_BASE_RESULT_H_

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace wranglet {

// What went wrong, where, and what the user can do about it. Empty places are left out in print.
struct Error {
  std::string message;  // "dilation 3 is not supported"
  std::string hint;     // "export the model with a static batch size"
  std::string file;     // "person.onnx"
  std::string node;     // "features.1.conv.0"
  std::string op;       // "Conv"

  // "person.onnx: node 'features.1.conv.0' (Conv): dilation 3 is not supported; export ..." in one
  // line: names come from files of anybody's making, so control characters in them stand as "?".
  std::string ToString() const {
    std::string text = file;
    auto part = [&text](const std::string& s) {
      if (!text.empty()) text += ": ";
      text += s;
    };
    if (!node.empty()) part("node '" + node + "'" + (op.empty() ? "" : " (" + op + ")"));
    if (node.empty() && !op.empty()) part("operator " + op);
    part(message);
    if (!hint.empty()) text += "; " + hint;
    for (char& c : text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return text;
  }
};

// A T, or the Error in its place. Check ok() before value().
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return std::holds_alternative<T>(state_); }
  T& value() & { return std::get<T>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  const Error& error() const { return std::get<Error>(state_); }
  Error& error() { return std::get<Error>(state_); }

  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

 private:
  std::variant<T, Error> state_;
};

// The result of something done for its effect.
struct Done {};
using Status = Result<Done>;

// Evaluates `expression` (a Result); returns its Error from the enclosing function, or binds its
// value.
#define WRANGLET_CONCAT_INNER(a, b) a##b
#define WRANGLET_CONCAT(a, b) WRANGLET_CONCAT_INNER(a, b)
#define WRANGLET_ASSIGN(lhs, expression) \
  WRANGLET_ASSIGN_IMPL(WRANGLET_CONCAT(wranglet_result_, __LINE__), lhs, expression)
#define WRANGLET_ASSIGN_IMPL(result, lhs, expression) \
  auto result = (expression);                         \
  if (!result.ok()) return std::move(result).error(); \
  lhs = std::move(result).value()
#define WRANGLET_RETURN_IF_ERROR(expression)                        \
  do {                                                              \
    if (auto wranglet_status = (expression); !wranglet_status.ok()) \
      return std::move(wranglet_status).error();                    \
  } while (false)

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_BASE_RESULT_H_
