#!/bin/bash
# Holds the workspace's files against their formatters ("check"), or puts them right ("fix").
set -euo pipefail
mode=$1
modules=$(readlink -f "$2")
cd "$(dirname "$(readlink -f MODULE.bazel)")"

# files PATTERN...: the tracked and the new files of these names.
files() { git ls-files -z --cached --others --exclude-standard -- "$@"; }

case $mode in
  check) clang=(--dry-run -Werror) prettier=--check buildifier=(-mode=check -lint=off) ;;
  fix) clang=(-i) prettier=--write buildifier=(-mode=fix -lint=off) ;;
esac

failed=0
files '*.h' '*.cc' | xargs -0 -r clang-format "${clang[@]}" || failed=1
files '*.js' '*.mjs' '*.d.ts' '*.html' '*.css' | xargs -0 -r node "$modules/prettier/bin/prettier.cjs" --log-level=warn $prettier || failed=1
files '*.bzl' '*BUILD' '*.BUILD' MODULE.bazel WORKSPACE | xargs -0 -r node "$modules/@bazel/buildifier/buildifier.js" "${buildifier[@]}" || failed=1
((failed == 0)) || { echo "Some files are not formatted; ./bazelw run //tests/format:fix puts them right." >&2; exit 1; }
