#include "plugin/compiler/emit/initializer.h"

#include <charconv>
#include <cmath>

namespace wranglet {

std::string Literal(bool value) { return value ? "true" : "false"; }

std::string Literal(long long value) { return std::to_string(value); }

// The shortest decimal that reads back as the same float.
std::string Literal(float value) {
  if (std::isinf(value)) return value < 0 ? "-__builtin_inff()" : "__builtin_inff()";
  if (std::isnan(value)) return "__builtin_nanf(\"\")";
  char text[32];
  std::string digits(text, std::to_chars(text, text + sizeof(text), value).ptr);
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return digits + "f";
}

}  // namespace wranglet
