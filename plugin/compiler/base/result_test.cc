#include "plugin/compiler/base/result.h"

#include <gtest/gtest.h>

#include <string>

namespace wranglet {
namespace {

TEST(Error, NamesItsPlaceAndWhatToDo) {
  const Error whole = {.message = "dilation 3 is not supported",
                       .hint = "export it again",
                       .file = "a.onnx",
                       .node = "conv",
                       .op = "Conv"};
  EXPECT_EQ(whole.ToString(),
            "a.onnx: node 'conv' (Conv): dilation 3 is not supported; export it again");
  EXPECT_EQ((Error{.message = "is empty", .file = "a.onnx"}).ToString(), "a.onnx: is empty");
  EXPECT_EQ((Error{.message = "is odd", .op = "Conv"}).ToString(), "operator Conv: is odd");
}

TEST(Error, IsOneLineWithoutControlCharacters) {
  const Error hostile = {.message = "fails", .node = "a\nb\x1b[31m"};
  EXPECT_EQ(hostile.ToString(), "node 'a?b?[31m': fails");
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Error{.message = "is odd"};
  return number / 2;
}

Result<int> Quarter(int number) {
  WRANGLET_ASSIGN(const int half, Half(number));
  WRANGLET_ASSIGN(const int quarter, Half(half));
  return quarter;
}

TEST(Result, IsAValueOrTheFirstError) {
  ASSERT_TRUE(Quarter(12).ok());
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).error().message, "is odd");
}

}  // namespace
}  // namespace wranglet
