#!/bin/bash
# Builds and tests a workspace that uses the plugin as an external repository, offline, in the mode named by $1.
set -euo pipefail
mode=$1
wranglet=$(dirname "$(readlink -f MODULE.bazel)")
workspace=$TEST_TMPDIR/workspace
mkdir "$workspace"
cp -rL tests/consumer/workspace/. "$workspace"
# *.in: so that the outer workspace does not take them for its own.
for file in "$workspace"/*.in; do
  sed "s|{WRANGLET}|$wranglet|" "$file" >"${file%.in}"
  rm "$file"
done
cp "$wranglet/bazelw" "$workspace"
cd "$workspace"

bazel() { ./bazelw --output_base="$TEST_TMPDIR/output" --max_idle_secs=15 "$@"; }
trap 'bazel shutdown' EXIT
config=()
[[ $mode == workspace ]] && config=(--config=workspace)

# Whatever would come over the network fails; npm's packages are in its cache since the outer workspace fetched them.
offline=(--repository_disable_download --repo_env=npm_config_offline=true)

bazel test "${config[@]}" "${offline[@]}" --test_output=errors //...
wasm=bazel-bin/own.wasm
[[ -s $wasm ]] || { echo "FAIL: $wasm is missing"; exit 1; }
node -e '
  const module = new WebAssembly.Module(require("fs").readFileSync(process.argv[1]));
  const { answer } = new WebAssembly.Instance(module).exports;
  require("assert").equal(answer(), 42, "what the C++ of the workspace answers");
' "$wasm"
