#!/bin/bash
# docs/rules.md ($2) is what //docs:rules ($1) prints.
set -euo pipefail
diff -u "$2" <("$1") || {
  echo "docs/rules.md is out of date: ./bazelw run //docs:rules > docs/rules.md"
  exit 1
}
