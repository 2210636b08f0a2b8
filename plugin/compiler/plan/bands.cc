#include "plugin/compiler/plan/bands.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/compiler/plan/lifetimes.h"
#include "plugin/compiler/plan/row_chain.h"

namespace wranglet {
namespace {

// What one step of a chain does in a band: it computes rows, or moves those rows of its output that
// are needed again to the front of their buffer.
struct Call {
  size_t link = 0;  // of the chain
  bool is_move = false;
  int32_t in_rows = 0, out_rows = 0, pad_top = 0;
  int64_t in_at = 0, out_at = 0;  // bytes from the start of the buffers

  // Whether it differs from `other` in nothing but where it reads and writes.
  bool IsLike(const Call& other) const {
    return link == other.link && is_move == other.is_move && in_rows == other.in_rows &&
           out_rows == other.out_rows && pad_top == other.pad_top;
  }
};
using Band = std::vector<Call>;

struct Bands {
  std::vector<Band> bands;
  std::vector<int64_t> buffer_bytes;  // what each link but the last needs for its output's rows
};

// Makes bands of `rows` rows of the chain's output, the last of what remains.
class BandMaker {
 public:
  explicit BandMaker(const std::vector<RowStep>& chain)
      : chain_(chain), base_(chain.size()), made_(chain.size()) {
    bands_.buffer_bytes.resize(chain.size() - 1);
  }

  Bands Make(int32_t rows) && {
    const int32_t height = chain_.back().out_rows;
    for (int32_t y = 0; y < height; y += rows) AddBand(std::min(height, y + rows));
    return std::move(bands_);
  }

 private:
  // Up to row `end` of the chain's output.
  void AddBand(int32_t end) {
    const size_t last = chain_.size() - 1;
    // Of each link's output: the first row that is still needed, and where to compute to.
    std::vector<int32_t> needed = base_, until(chain_.size(), end);
    for (size_t i = last; i > 0; --i) {
      const int32_t first = std::max(made_[i], i == last ? made_[i] : needed[i]);
      const bool is_idle = first >= until[i];
      needed[i - 1] = is_idle ? base_[i - 1] : chain_[i].FirstInput(first);
      until[i - 1] = is_idle ? made_[i - 1] : std::max(made_[i - 1], chain_[i].EndInput(until[i]));
    }
    Band band;
    for (size_t i = 0; i <= last; ++i) {
      if (i < last) Advance(i, needed[i], band);
      Compute(i, until[i], band);
    }
    bands_.bands.push_back(std::move(band));
  }

  // Lets row `first` be the first in the buffer of link i's output.
  void Advance(size_t i, int32_t first, Band& band) {
    if (first == base_[i]) return;
    const int32_t kept = made_[i] - first;
    if (kept > 0) {
      const int64_t from = (first - base_[i]) * chain_[i].out_row_bytes;
      band.push_back({.link = i, .is_move = true, .out_rows = kept, .in_at = from});
    }
    base_[i] = first;
    made_[i] = std::max(made_[i], first);
  }

  void Compute(size_t i, int32_t end, Band& band) {
    const RowStep& link = chain_[i];
    const int32_t first = made_[i];
    if (first >= end) return;
    const int32_t in_first = link.FirstInput(first), in_base = i == 0 ? 0 : base_[i - 1];
    band.push_back({.link = i,
                    .in_rows = link.EndInput(end) - in_first,
                    .out_rows = end - first,
                    .pad_top = in_first - (first * link.stride - link.pad),
                    .in_at = (in_first - in_base) * link.in_row_bytes,
                    .out_at = (first - base_[i]) * link.out_row_bytes});
    made_[i] = end;
    if (i + 1 == chain_.size()) return;
    int64_t& bytes = bands_.buffer_bytes[i];
    bytes = std::max(bytes, (end - base_[i]) * link.out_row_bytes);
  }

  const std::vector<RowStep>& chain_;
  std::vector<int32_t>
      base_;  // of each link's output: the row its buffer begins with (0 of the last)
  std::vector<int32_t> made_;  // and the rows that have been computed
  Bands bands_;
};

int64_t TotalOf(const std::vector<int64_t>& bytes) {
  int64_t sum = 0;
  for (const int64_t b : bytes) sum += b;
  return sum;
}

// Bands as high as `goal`, in bytes, allows, and at least of two rows, which kernels of depthwise
// convolutions compute together. None of the chain's output is of a single row.
std::optional<Bands> ChooseBands(const std::vector<RowStep>& chain, int64_t goal) {
  constexpr std::array kRows = {32, 24, 16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2};
  std::optional<Bands> best;
  for (const int32_t rows : kRows) {
    const int32_t height = chain.back().out_rows;
    if (rows * 2 > height || height % rows == 1) continue;
    best = BandMaker(chain).Make(rows);
    if (TotalOf(best->buffer_bytes) <= goal) break;
  }
  return best;
}

// A move of rows within a buffer, towards its start. Row by row, so that they may overlap.
MoveParams MoveOf(int32_t rows, int64_t row_bytes) {
  MoveParams params{.run_bytes = static_cast<int32_t>(row_bytes)};
  params.sizes.back() = rows;
  params.from.back() = params.to.back() = params.run_bytes;
  return params;
}

// Whether the calls of two bands can be rounds of one loop.
bool AreLike(const Band& a, const Band& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Call& x, const Call& y) { return x.IsLike(y); });
}

// Writes a chain's steps anew.
class Rewriter {
 public:
  Rewriter(Lowering& lowering, std::vector<RowStep> chain, const Bands& bands)
      : lowering_(lowering), chain_(std::move(chain)), bands_(bands.bands) {
    for (size_t i = 0; i < chain_.size(); ++i) {
      const DraftStep& step = Original(i);
      // Bands may take less scratch memory than the whole, or more: StepOf counts it anew.
      if (RowScratchBytes(step.params) > 0) ScratchOf(step) = 0;
      if (i + 1 < chain_.size()) BytesOf(step.args[chain_[i].output_arg]) = bands.buffer_bytes[i];
    }
  }

  void Rewrite(int32_t span) {
    for (size_t b = 0; b < bands_.size();) {
      const size_t rounds = RoundsFrom(b);
      if (rounds > 1) lowering_.rounds.push_back(static_cast<int32_t>(rounds));
      for (size_t c = 0; c < bands_[b].size(); ++c) {
        DraftStep step = StepOf(bands_[b][c], rounds > 1 ? &bands_[b + 1][c] : nullptr);
        step.span = span;
        step.loop = rounds > 1 ? static_cast<int32_t>(lowering_.rounds.size()) : 0;
        made_.push_back(std::move(step));
      }
      b += rounds;
    }
    made_.back().completes = Original(chain_.size() - 1).completes;
    const auto first = lowering_.steps.begin() + static_cast<ptrdiff_t>(chain_.front().step);
    const auto at = lowering_.steps.erase(first, first + static_cast<ptrdiff_t>(chain_.size()));
    lowering_.steps.insert(at, std::make_move_iterator(made_.begin()),
                           std::make_move_iterator(made_.end()));
  }

 private:
  const DraftStep& Original(size_t link) const { return lowering_.steps[chain_[link].step]; }

  // How many bands from b on are alike, each as far from the one before as the second is.
  size_t RoundsFrom(size_t b) const {
    size_t end = b + 1;
    while (end < bands_.size() && AreLike(bands_[b], bands_[end]) &&
           (end == b + 1 || IsEvenly(bands_[end - 2], bands_[end - 1], bands_[end]))) {
      ++end;
    }
    return end - b;
  }

  static bool IsEvenly(const Band& a, const Band& b, const Band& c) {
    for (size_t i = 0; i < a.size(); ++i) {
      if (b[i].in_at - a[i].in_at != c[i].in_at - b[i].in_at) return false;
      if (b[i].out_at - a[i].out_at != c[i].out_at - b[i].out_at) return false;
    }
    return true;
  }

  // The step of a call, whose next round, if there is one, is `next`.
  DraftStep StepOf(const Call& call, const Call* next) {
    const RowStep& link = chain_[call.link];
    const DraftStep& whole = Original(call.link);
    const auto placed = [](Argument argument, int64_t at, const int64_t* then) {
      argument.offset = at;
      argument.advance = then == nullptr ? 0 : *then - at;
      return argument;
    };
    const Argument input = whole.args[link.input_arg], output = whole.args[link.output_arg];
    const int64_t* in_then = next == nullptr ? nullptr : &next->in_at;
    const int64_t* out_then = next == nullptr ? nullptr : &next->out_at;
    DraftStep step{.node = whole.node};
    if (call.is_move) {
      step.params = MoveOf(call.out_rows, link.out_row_bytes);
      step.args = {placed(output, call.in_at, in_then), placed(output, call.out_at, out_then)};
      return step;
    }
    step.params = ForRows(whole.params, call.in_rows, call.out_rows, call.pad_top, link.out_width);
    step.args = whole.args;
    step.args[link.input_arg] = placed(input, call.in_at, in_then);
    step.args[link.output_arg] = placed(output, call.out_at, out_then);
    const int64_t scratch = RowScratchBytes(step.params);
    if (scratch > 0) ScratchOf(step) = std::max(ScratchOf(step), scratch);
    return step;
  }

  // The scratch buffer is the last argument of the kernels that RowScratchBytes knows.
  int64_t& ScratchOf(const DraftStep& step) { return BytesOf(step.args.back()); }
  int64_t& BytesOf(const Argument& buffer) {
    return lowering_.buffer_bytes[static_cast<size_t>(buffer.index)];
  }

  Lowering& lowering_;
  const std::vector<RowStep> chain_;
  const std::vector<Band>& bands_;
  std::vector<DraftStep> made_;
};

}  // namespace

void RunByBands(Lowering& lowering, const PlanOptions& options) {
  for (int32_t span = 1;; ++span) {
    const std::vector<int64_t> live = LiveBytes(LifetimesOf(lowering));
    const auto most = std::max_element(live.begin(), live.end());
    const auto time = static_cast<size_t>(most - live.begin());
    // Time i + 1 is step i.
    if (live.empty() || *most <= options.small_arena || time == 0 || time > lowering.steps.size())
      return;
    std::vector<RowStep> chain = ChainAt(lowering, time - 1);
    if (chain.size() < 2) return;
    const std::optional<Bands> bands = ChooseBands(chain, options.band_bytes);
    if (!bands) return;
    Rewriter(lowering, std::move(chain), *bands).Rewrite(span);
  }
}

}  // namespace wranglet
