#include "plugin/compiler/base/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace wranglet {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() { std::filesystem::create_directories(folder_); }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / "wranglet_file_test";
};

TEST_F(FileTest, ReadsWhatWasWritten) {
  const std::string path = folder_ / "a.bin";
  std::vector<std::byte> bytes(200'000);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  ASSERT_TRUE(WriteFile(path, bytes).ok());
  Result<std::vector<std::byte>> read = ReadFile(path);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, bytes);
}

TEST_F(FileTest, ReplacesAFileAndLeavesNothingBeside) {
  const std::string path = folder_ / "a.txt";
  ASSERT_TRUE(WriteFile(path, "a long first text").ok());
  ASSERT_TRUE(WriteFile(path, "short").ok());
  EXPECT_EQ(ReadFile(path)->size(), 5u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FileTest, ErrorsNameTheFileAndTheReason) {
  const std::string missing = folder_ / "missing" / "a.bin";
  EXPECT_EQ(ReadFile(missing).error().ToString(),
            missing + ": cannot open: No such file or directory");
  EXPECT_EQ(WriteFile(missing, "x").error().ToString(),
            missing + ": cannot create: No such file or directory");
}

TEST_F(FileTest, AFolderIsNotAFile) { EXPECT_FALSE(ReadFile(folder_).ok()); }

TEST_F(FileTest, AFailedWriteLeavesNothingBehind) {
  const std::string folder = folder_ / "taken";
  std::filesystem::create_directories(std::filesystem::path(folder) / "inner");
  EXPECT_FALSE(WriteFile(folder, "x").ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace wranglet
