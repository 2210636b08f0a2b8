#include "plugin/compiler/run/runner.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <vector>

namespace wranglet {
namespace {

// What WebAssembly's linker and steps.cc give the arena and the weights.
constexpr std::align_val_t kMemoryAlignment{64};

// A signalling NaN as float32, and no likely value in int8 or int32.
constexpr unsigned char kPattern[] = {0xa5, 0x5a, 0xa5, 0x7f};

}  // namespace

void Runner::Free::operator()(std::byte* memory) const {
  ::operator delete(memory, kMemoryAlignment);
}

// Exactly as large as asked, so that AddressSanitizer finds a kernel's first byte too far.
Runner::Memory Runner::Allocate(size_t bytes) {
  return Memory(static_cast<std::byte*>(::operator new(bytes, kMemoryAlignment)));
}

Runner::Runner(const Plan& plan)
    : plan_(plan),
      arena_(Allocate(static_cast<size_t>(plan.arena_bytes))),
      weights_(Allocate(plan.weights.size())) {
  for (int64_t i = 0; i < plan.arena_bytes; ++i) arena_[i] = std::byte{kPattern[i % 4]};
  std::copy(plan.weights.begin(), plan.weights.end(), weights_.get());
}

std::byte* Runner::At(const Ref& ref, int32_t round) const {
  switch (ref.region) {
    case Ref::Region::kNone:
      return nullptr;
    case Ref::Region::kArena:
      return arena_.get() + ref.offset + round * ref.advance;
    case Ref::Region::kWeights:
      return weights_.get() + ref.offset;
  }
  return nullptr;
}

std::span<std::byte> Runner::Input(size_t index) {
  const PlacedTensor& input = plan_.inputs[index];
  return {At(input.place), static_cast<size_t>(input.bytes)};
}

void Runner::SetInput(size_t index, std::span<const std::byte> bytes) {
  const std::span<std::byte> input = Input(index);
  assert(bytes.size() == input.size());
  std::memcpy(input.data(), bytes.data(), input.size());
}

void Runner::Run(const Observer& observer) {
  auto show = [&](const std::vector<PlacedTensor>& tensors) {
    if (!observer) return;
    for (const PlacedTensor& t : tensors) {
      observer(t.tensor, {At(t.place), static_cast<size_t>(t.bytes)});
    }
  };
  show(plan_.complete_at_start);
  std::vector<void*> args;
  const auto run = [&](size_t first, size_t end, int32_t rounds) {
    for (int32_t round = 0; round < rounds; ++round) {
      for (size_t i = first; i < end; ++i) {
        const Step& step = plan_.steps[i];
        args.clear();
        for (const Ref& ref : step.args) args.push_back(At(ref, round));
        CallKernel(step.params, args);
        if (round + 1 == rounds) show(step.completes);
      }
    }
  };
  size_t next = 0;
  for (const Loop& loop : plan_.loops) {
    run(next, loop.first, 1);
    run(loop.first, loop.end, loop.rounds);
    next = loop.end;
  }
  run(next, plan_.steps.size(), 1);
}

std::span<const std::byte> Runner::Output(size_t index) const {
  const PlacedTensor& output = plan_.outputs[index];
  return {At(output.place), static_cast<size_t>(output.bytes)};
}

}  // namespace wranglet
