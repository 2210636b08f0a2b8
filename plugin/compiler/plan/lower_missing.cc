// Operators that have no kernel yet. Each line goes as its kernel comes.

#include "plugin/compiler/plan/lower.h"

namespace wranglet {
namespace {

Status NoKernel(const Lowering& to, const Node& node) {
  return to.graph().ErrorAt(node, "no kernel for this operator");
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const ArgMax&) { return NoKernel(to, node); }
Status Lower(Lowering& to, const Node& node, const Resize&) { return NoKernel(to, node); }

}  // namespace wranglet
