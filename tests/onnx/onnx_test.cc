// Runs ONNX's own operator tests, and holds how many pass against baseline.txt, which may only
// improve.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/onnx/cases.h"

namespace wranglet {
namespace {

// Where Debian's libonnx-testdata has them.
constexpr const char* kInstalled = "/usr/share/libonnx-testdata/data";

// Where we mean to give something else. Each is printed, and has to go on failing.
const std::map<std::string, std::string> kDeviations = {
    {"test_l2normalization_axis_0", "a vector of zeros stays one, and is not divided by 0"},
};

// "passed 300", "failed 0" and "unsupported 1000", a line each.
std::map<std::string, int> ReadBaseline() {
  std::ifstream file(std::getenv("WRANGLET_ONNX_BASELINE"));
  std::map<std::string, int> baseline;
  std::string word;
  for (int count; file >> word >> count;) baseline[word] = count;
  return baseline;
}

TEST(Onnx, ItsOwnOperatorTestsPass) {
  const char* given = std::getenv("ONNX_TESTDATA");
  const std::string root = given != nullptr ? given : kInstalled;
  if (!std::filesystem::exists(root)) {
    GTEST_SKIP() << root << " is not there; install Debian's libonnx-testdata";
  }
  int passed = 0, failed = 0, unsupported = 0;
  double deviation = 0;
  std::string deviating;
  std::map<std::string, std::vector<std::string>> reasons;
  for (const auto& folder : ListOnnxCases(root)) {
    const Result<OnnxCase> test = ReadOnnxCase(folder);
    const Verdict verdict =
        test.ok() ? RunOnnxCase(*test) : Verdict{Verdict::Kind::kUnsupported, test.error().message};
    const std::string name = folder.filename();
    switch (verdict.kind) {
      case Verdict::Kind::kPassed:
        ++passed;
        EXPECT_FALSE(kDeviations.contains(name)) << name << " passes: take it off the list";
        if (verdict.deviation > deviation) {
          deviation = verdict.deviation;
          deviating = name;
        }
        break;
      case Verdict::Kind::kFailed:
        if (const auto known = kDeviations.find(name); known != kDeviations.end()) {
          std::printf("deviates: %s: %s (%s)\n", name.c_str(), known->second.c_str(),
                      verdict.why.c_str());
          break;
        }
        ++failed;
        ADD_FAILURE() << name << ": " << verdict.why;
        break;
      case Verdict::Kind::kUnsupported:
        ++unsupported;
        reasons[verdict.why].push_back(name);
    }
  }
  for (const auto& [why, names] : reasons) {
    std::printf("unsupported: %s (%zu)", why.c_str(), names.size());
    // Operators that are not translated are most of ONNX.
    for (size_t i = 0; why != "operator" && i < names.size(); ++i) {
      std::printf("%s %s", i == 0 ? ":" : ",", names[i].c_str());
    }
    std::printf("\n");
  }
  std::printf("passed %d\nfailed %d\nunsupported %d\n", passed, failed, unsupported);
  std::printf("largest deviation: %.2g of what is allowed, in %s\n", deviation, deviating.c_str());
  std::map<std::string, int> baseline = ReadBaseline();
  EXPECT_GE(passed, baseline["passed"]);
  EXPECT_LE(failed, baseline["failed"]);
  EXPECT_LE(unsupported, baseline["unsupported"]);
  EXPECT_GT(baseline["passed"], 0) << "baseline.txt is empty";
  if (passed > baseline["passed"]) {
    std::printf("better than the baseline: write these into tests/onnx/baseline.txt\n");
  }
}

}  // namespace
}  // namespace wranglet
