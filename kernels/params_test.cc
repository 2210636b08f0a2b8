#include "kernels/params.h"

#include <gtest/gtest.h>

namespace wranglet {
namespace {

TEST(Params, DefaultsAreTheNeutralShape) {
  int fields = 0;
  WindowShape{}.ForEachField([&](const char*, int32_t value) {
    EXPECT_TRUE(value == 0 || value == 1);
    ++fields;
  });
  EXPECT_EQ(fields, 15);
}

}  // namespace
}  // namespace wranglet
