#!/bin/bash
# docs/operators.md ($2) is what `wranglet operators` ($1) prints.
set -euo pipefail
diff -u "$2" <("$1" operators) || {
  echo "docs/operators.md is out of date: ./bazelw run //plugin/compiler/cli:wranglet -- operators > docs/operators.md"
  exit 1
}
