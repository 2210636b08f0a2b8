#include "plugin/compiler/plan/kernel_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace wranglet {
namespace {

TEST(KernelTable, TellsAKernelsNameHeaderAndArguments) {
  const KernelInfo info = InfoOf(GemmParams<int8_t, int8_t>{});
  EXPECT_STREQ(info.name, "Gemm<int8_t, int8_t>");
  EXPECT_STREQ(info.header, "kernels/gemm_quantized.h");
  std::vector<std::string> types;
  std::vector<bool> written;
  for (const KernelArg& arg : info.args) {
    types.push_back(arg.type);
    written.push_back(arg.is_written);
  }
  EXPECT_EQ(types, (std::vector<std::string>{"int8_t", "int8_t", "int32_t", "float", "int8_t"}));
  EXPECT_EQ(written, (std::vector<bool>{false, false, false, false, true}));
}

TEST(KernelTable, CallsTheKernelOfTheParams) {
  float input[] = {-1.0f, 0.5f, 9.0f}, output[3];
  CallKernel(ClampFloat32Params{3, {0.0f, 6.0f}}, std::vector<void*>{input, output});
  EXPECT_EQ(output[0], 0.0f);
  EXPECT_EQ(output[1], 0.5f);
  EXPECT_EQ(output[2], 6.0f);
}

TEST(KernelTable, EveryKernelHasItsOwnName) {
  std::set<std::string> names;
  std::apply([&](const auto&... kernels) { (names.insert(kernels.name), ...); }, kKernels);
  EXPECT_EQ(names.size(), std::tuple_size_v<decltype(kKernels)>);
}

}  // namespace
}  // namespace wranglet
