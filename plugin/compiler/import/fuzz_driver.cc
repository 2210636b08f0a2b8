// Runs a libFuzzer target that has a mutator of its own, as a test and with any compiler: for some
// seconds, inputs in a sequence that only the seed decides. It sees no coverage; libFuzzer itself,
// by --config=fuzz, is for long runs.
//
//   TEST [--seconds=30] [--seed=1]

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed);
// There when the test is sanitized.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

constexpr size_t kMostBytes = 1 << 16;
// So many inputs come of one seed of the target's, each of the one before.
constexpr uint32_t kInputsOfASeed = 12;

std::minstd_rand byte_random;     // NOLINT: LLVMFuzzerMutate takes none
std::vector<uint8_t> last_input;  // NOLINT: for the callback below
size_t inputs = 0;                // NOLINT: so many were tried

// Leaves the input that was too much where Bazel collects a test's outputs.
void SaveInput() {
  const char* folder = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  const std::string path = std::string(folder != nullptr ? folder : ".") + "/crash";
  if (std::FILE* file = std::fopen(path.c_str(), "wb")) {
    std::fwrite(last_input.data(), 1, last_input.size(), file);
    std::fclose(file);
    std::fprintf(stderr, "input %zu is in %s\n", inputs, path.c_str());
  }
}

void OnAbort(int) {
  SaveInput();
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

// The number behind `name` among the arguments.
uint32_t Option(int argc, char** argv, std::string_view name, uint32_t otherwise) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(name)) {
      return static_cast<uint32_t>(std::strtoul(argv[i] + name.size(), nullptr, 10));
    }
  }
  return otherwise;
}

}  // namespace

// libFuzzer's own mutator, in small: changes some bytes, or cuts some off.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) {
  if (size == 0) size = max_size < 64 ? max_size : 64;
  if (byte_random() % 16 == 0) return 1 + byte_random() % size;
  for (uint32_t changes = 1 + byte_random() % 4; changes > 0; --changes) {
    data[byte_random() % size] = static_cast<uint8_t>(byte_random() >> 8);
  }
  return size;
}

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  const uint32_t seed = Option(argc, argv, "--seed=", 1);
  const auto seconds = std::chrono::seconds(Option(argc, argv, "--seconds=", 30));
  std::printf("--seed=%u\n", seed);
  std::fflush(stdout);
  std::signal(SIGABRT, OnAbort);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(SaveInput);

  std::mt19937 random(seed);
  byte_random.seed(seed);
  std::vector<uint8_t> buffer(kMostBytes);
  size_t size = 0;
  for (const auto end = Clock::now() + seconds; Clock::now() < end; ++inputs) {
    if (inputs % kInputsOfASeed == 0) size = 0;
    size = LLVMFuzzerCustomMutator(buffer.data(), size, buffer.size(), random());
    // Of just its size, so that the sanitizer sees reads behind it.
    last_input.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    last_input.shrink_to_fit();
    LLVMFuzzerTestOneInput(last_input.data(), last_input.size());
  }
  std::printf("%zu inputs\n", inputs);
  return inputs > 0 ? 0 : 1;
}
