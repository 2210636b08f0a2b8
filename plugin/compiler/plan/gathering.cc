#include "plugin/compiler/plan/gathering.h"

#include "plugin/compiler/plan/movement.h"

namespace wranglet {
namespace {

// A row has at most so many runs: 4 KiB of tables.
constexpr size_t kMostRuns = 512;

struct Run {
  int32_t from;
  int32_t bytes;
};

void Append(std::vector<Run>& runs, Run run) {
  if (!runs.empty()) {
    Run& last = runs.back();
    const bool follows = run.from == kGatherFill
                             ? last.from == kGatherFill
                             : last.from != kGatherFill && last.from + last.bytes == run.from;
    if (follows) {
      last.bytes += run.bytes;
      return;
    }
  }
  runs.push_back(run);
}

// `row`, once for each offset.
std::vector<Run> Repeated(const std::vector<Run>& row, const std::vector<int32_t>& offsets) {
  std::vector<Run> runs;
  for (const int32_t offset : offsets) {
    for (const auto& [from, bytes] : row) {
      const bool is_filled = from == kGatherFill || offset == kGatherFill;
      Append(runs, {is_filled ? kGatherFill : offset + from, bytes});
    }
  }
  return runs;
}

}  // namespace

std::optional<Gathering> GatheringOf(const Shape& input, size_t element_bytes,
                                     const std::vector<std::vector<int32_t>>& indices) {
  const std::vector<int64_t> strides = ByteStrides(input, element_bytes);
  std::vector<std::vector<int32_t>> offsets;
  for (size_t i = 0; i < indices.size(); ++i) {
    std::vector<int32_t>& table = offsets.emplace_back();
    for (const int32_t index : indices[i]) {
      table.push_back(index == kGatherFill ? kGatherFill
                                           : index * static_cast<int32_t>(strides[i]));
    }
  }
  std::vector<Run> row = {{0, static_cast<int32_t>(element_bytes)}};
  size_t outer = offsets.size();
  for (; outer > 0; --outer) {
    // A long table of a long row would take long to try.
    if (row.size() > 1 && row.size() * offsets[outer - 1].size() > 64 * kMostRuns) break;
    std::vector<Run> longer = Repeated(row, offsets[outer - 1]);
    if (longer.size() > kMostRuns) break;
    row = std::move(longer);
  }
  Gathering gathering;
  GatherParams& params = gathering.params;
  params.row_runs = static_cast<int32_t>(row.size());
  for (const Run& run : row) params.row_bytes += run.bytes;

  std::vector<const std::vector<int32_t>*> kept;
  for (size_t i = 0; i < outer; ++i) {
    if (offsets[i] != std::vector<int32_t>{0}) kept.push_back(&offsets[i]);
  }
  if (kept.size() > kMaxGatherRank) return std::nullopt;
  const size_t missing = kMaxGatherRank - kept.size();
  gathering.tables.assign(missing, 0);
  for (size_t i = 0; i < kept.size(); ++i) {
    params.sizes[missing + i] = static_cast<int32_t>(kept[i]->size());
    gathering.tables.insert(gathering.tables.end(), kept[i]->begin(), kept[i]->end());
  }
  for (const Run& run : row) {
    gathering.tables.push_back(run.from);
    gathering.tables.push_back(run.bytes);
  }
  return gathering;
}

}  // namespace wranglet
