#include "plugin/compiler/cli/labelled_images.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "plugin/compiler/cli/csv.h"

namespace wranglet {
namespace {

namespace fs = std::filesystem;

TEST(CsvRow, FieldsMayBeQuoted) {
  const auto fields = [](const std::string& line) { return *ParseCsvRow(line); };
  using Fields = std::vector<std::string>;
  EXPECT_EQ(fields("a,b"), (Fields{"a", "b"}));
  EXPECT_EQ(fields(""), (Fields{""}));
  EXPECT_EQ(fields(","), (Fields{"", ""}));
  EXPECT_EQ(fields("\"a,b\",\"say \"\"hi\"\"\","), (Fields{"a,b", "say \"hi\"", ""}));
  EXPECT_EQ(fields("\"\""), (Fields{""}));
  for (const char* bad : {"\"a", "\"a\"b", "\"a\"\"", "x,\""}) {
    EXPECT_FALSE(ParseCsvRow(bad).ok()) << bad;
  }
}

// Tests with files, in a folder of their own.
class Images : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        (std::string("eval_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  void Write(const std::string& name, const std::string& text = "") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  // "cat/1.jpg 3, ...": paths from the folder, and labels.
  std::string List(const ImageSource& source, const LabelMeaning& meaning) const {
    const auto images = ListLabelledImages(source, meaning);
    if (!images.ok()) return Shortened(images.error().ToString());
    std::string text;
    for (const LabelledImage& image : *images) {
      text +=
          (text.empty() ? "" : ", ") + fs::path(image.path).lexically_relative(folder_).string();
      text += image.label ? " " + std::to_string(*image.label) : "";
    }
    return text;
  }

  // With "$T" for the folder.
  std::string Shortened(std::string text) const {
    const std::string folder = folder_.string();
    for (size_t at; (at = text.find(folder)) != std::string::npos;) {
      text.replace(at, folder.size(), "$T");
    }
    return text;
  }

 private:
  fs::path folder_;
};

TEST_F(Images, SubFoldersAreLabels) {
  for (const char* name : {"in/dog/2.jpg", "in/dog/1.JPEG", "in/cat/9.jpg", "in/dog/notes.txt",
                           "in/loose.jpg", "in/.git/x.jpg"}) {
    Write(name);
  }
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 2, .labels = {"cat", "dog"}}),
            "in/cat/9.jpg 0, in/dog/1.JPEG 1, in/dog/2.jpg 1");
  EXPECT_EQ(List({.paths = {Path("in")}, .unlabelled = true}, {.classes = 2}),
            "in/cat/9.jpg, in/dog/1.JPEG, in/dog/2.jpg");
}

TEST_F(Images, ImagesAndPlainFoldersHaveNoLabels) {
  for (const char* name : {"in/b.PNG", "in/a.jpg", "in/c.webp", "in/d.gif", "c.jpg"}) Write(name);
  EXPECT_EQ(List({.paths = {Path("in"), Path("c.jpg")}}, {.classes = 2}),
            "in/a.jpg, in/b.PNG, in/c.webp, c.jpg");
}

TEST_F(Images, NumbersAreClassesToo) {
  Write("in/0/a.jpg");
  Write("in/7/a.jpg");
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 9, .class_offset = 1}),
            "in/0/a.jpg 1, in/7/a.jpg 8");
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 8, .class_offset = 1}),
            "$T/in/7: class 7 with offset 1 is not one of the network's, 0 to 7; see --class-map "
            "and --class-offset");
}

TEST_F(Images, AMapTellsWhatLabelsMean) {
  Write("in/cat/a.jpg");
  Write("in/dog/a.jpg");
  Write("map.csv", "dog,250\n\"cat\",281\n\n");
  const LabelMeaning meaning = {
      .classes = 1001, .labels = {"cat"}, .class_map = Path("map.csv"), .class_offset = 1};
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning), "in/cat/a.jpg 282, in/dog/a.jpg 251");
  Write("map.csv", "dog,250\n");
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning), "$T/in/cat: label 'cat' is not in $T/map.csv");
  Write("map.csv", "dog,1\ncat,two\n");
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning),
            "$T/map.csv: line 2 is not a label, a comma and a number");
  Write("map.csv", "dog,1\ndog,2\n");
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning), "$T/map.csv: line 2 repeats a label");
}

TEST_F(Images, LabelsWithoutAClassAreNamed) {
  Write("in/bird/a.jpg");
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 2, .labels = {"cat", "dog"}}),
            "$T/in/bird: label 'bird' means no class of the network; give --labels with it, or "
            "--class-map, or a number, or --unlabelled");
  Write("t.csv", "file,label\na.jpg,cat\nb.jpg,cow\n");
  EXPECT_EQ(List({.labels_csv = Path("t.csv")}, {.classes = 2, .labels = {"cat", "dog"}}),
            "$T/t.csv: line 3: label 'cow' means no class of the network; give --labels with it, "
            "or --class-map, or a number, or --unlabelled");
}

TEST_F(Images, FoldersWithoutImagesAreNamed) {
  Write("in/cat/a.jpg");
  fs::create_directories(Path("in/dog"));
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 2, .labels = {"cat", "dog"}}),
            "$T/in/dog: has no images (*.jpg, *.jpeg, *.png, *.webp)");
  EXPECT_EQ(List({.paths = {Path("out")}}, {.classes = 2}),
            "$T/out: there is no such file or folder");
}

TEST_F(Images, ATableTellsFilesAndLabels) {
  Write("t/labels.csv", "split,file,class_index\r\nval,b.jpg,1\r\ntrain,a.jpg,0\r\n");
  const std::string table = Path("t/labels.csv");
  const LabelMeaning meaning = {.classes = 2};
  EXPECT_EQ(List({.labels_csv = table}, meaning), "t/b.jpg 1, t/a.jpg 0");
  EXPECT_EQ(List({.paths = {Path("x")}, .labels_csv = table}, meaning), "x/b.jpg 1, x/a.jpg 0");
  EXPECT_EQ(List({.labels_csv = table, .only = "split=val"}, meaning), "t/b.jpg 1");
  EXPECT_EQ(List({.labels_csv = table, .unlabelled = true}, meaning), "t/b.jpg, t/a.jpg");
  EXPECT_EQ(List({.labels_csv = table, .only = "split=test"}, meaning),
            "$T/t/labels.csv: has no row with split=test");
  EXPECT_EQ(List({.labels_csv = table, .only = "split"}, meaning),
            "--only cannot be 'split'; give COLUMN=VALUE");
  EXPECT_EQ(List({.labels_csv = table, .label_column = "person"}, meaning),
            "$T/t/labels.csv: has no column 'person'; it has split, file, class_index");
}

TEST_F(Images, TablesThatAreNoneAreErrors) {
  const auto list = [&](const std::string& text) {
    Write("t.csv", text);
    return List({.labels_csv = Path("t.csv")}, {.classes = 2});
  };
  EXPECT_EQ(list(""), "$T/t.csv: is empty");
  EXPECT_EQ(list("file,label\n"), "$T/t.csv: has no row");
  EXPECT_EQ(list("file,label\na.jpg\n"), "$T/t.csv: line 2 has 1 fields, and the first 2");
  EXPECT_EQ(list("file,label\n\"a.jpg,1\n"),
            "$T/t.csv: line 2 has a double quote that is not closed");
  EXPECT_EQ(list("name,label\n"), "$T/t.csv: has no column 'file'; it has name, label");
  EXPECT_EQ(list("file,person\na,1\n"),
            "$T/t.csv: has no column 'label'; it has file, person; give --label-column");
}

TEST_F(Images, ALimitTakesOfAll) {
  Write("t.csv", "file,label\n0,0\n1,0\n2,0\n3,1\n4,1\n5,1\n");
  const auto list = [&](size_t limit) {
    return List({.labels_csv = Path("t.csv"), .limit = limit}, {.classes = 2});
  };
  EXPECT_EQ(list(2), "0 0, 3 1");
  EXPECT_EQ(list(4), "0 0, 1 0, 3 1, 4 1");
  EXPECT_EQ(list(6), list(0));
  EXPECT_EQ(list(100), list(0));
}

}  // namespace
}  // namespace wranglet
