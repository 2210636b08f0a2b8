#include "kernels/tile_words.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace wranglet {
namespace {

TEST(WordPanel, HasWholeTilesThatFitItsScratch) {
  for (int32_t count = 1; count <= 5; ++count) {
    for (int32_t length = 1; length <= 3000; ++length) {
      const WordPanel panel({.count = count, .pitch = length, .length = length});
      EXPECT_EQ(panel.depth, count * (length + length % 2));
      EXPECT_EQ(panel.rows % WordPanel::kTile, 0);
      EXPECT_GE(panel.rows, WordPanel::kTile);
      EXPECT_LE(panel.rows, WordPanel::kMostRows);
      if (panel.rows > WordPanel::kTile) {
        EXPECT_LE(panel.ScratchElements(), WordPanel::kElements) << count << " runs of " << length;
      }
    }
  }
}

TEST(WordPanel, DividesRowsIntoPanelsThatAreAlike) {
  for (const int32_t length : {8, 320, 576, 960}) {
    const WordPanel panel({.length = length});
    for (int32_t count = 1; count <= 300; ++count) {
      const int32_t rows = panel.RowsOf(count);
      EXPECT_EQ(rows % WordPanel::kTile, 0);
      EXPECT_LE(rows, panel.rows);
      // As few panels as there have to be.
      EXPECT_EQ((count + rows - 1) / rows, (count + panel.rows - 1) / panel.rows)
          << count << " rows of " << length;
    }
  }
}

}  // namespace
}  // namespace wranglet
