#include "plugin/compiler/plan/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

namespace wranglet {
namespace {

TEST(SupportOfOperators, KnowsEveryKindOnce) {
  const std::vector<OperatorSupport> table = SupportOfOperators();
  const auto same_name = std::ranges::adjacent_find(table, {}, &OperatorSupport::name);
  EXPECT_EQ(same_name, table.end());
  for (const char* name : {"Conv2D", "Add", "Tanh", "MaxPool2D", "ResizeBilinear"}) {
    EXPECT_NE(std::ranges::find(table, name, &OperatorSupport::name), table.end()) << name;
  }
}

TEST(SupportOfOperators, ASampleThatFitsNoKernelIsNotSupported) {
  for (const OperatorSupport& row : SupportOfOperators()) {
    ASSERT_EQ(row.by_precision.size(), std::size(kPrecisions));
    // A convolution has kernels in int8 and float32; a quotient of int8 has none anywhere.
    if (row.name == "Conv2D") {
      EXPECT_TRUE(row.by_precision[0] && row.by_precision[2]);
    } else if (row.name == "Div") {
      EXPECT_TRUE(!row.by_precision[0] && row.by_precision[2]);
    }
  }
}

}  // namespace
}  // namespace wranglet
