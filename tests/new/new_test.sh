#!/bin/bash
# Writes a workspace of each template, offline, and does there what its user would: builds it, runs its test, and gives
# it to plain wrangler.
#   new_test.sh NEW NODE_MODULES_WITH_WRANGLER NODE_MODULES_WITH_TYPESCRIPT
set -euo pipefail
new=$PWD/$1
wrangler=$(readlink -f "$2")/wrangler/wrangler-dist/cli.js
tsc=$(readlink -f "$3")/typescript/bin/tsc
here=$PWD/tests/new

# All of them are built at one place, one after the other, so that one Bazel serves them all.
cd "$TEST_TMPDIR"
readonly workspace=$TEST_TMPDIR/my-worker
export CI=1 WRANGLER_SEND_METRICS=false CLOUDFLARE_CF_FETCH_ENABLED=false

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

step() { echo "== $* ($SECONDS s)"; }

# write TEMPLATE [OPTION...]: a new workspace at the one place.
write() {
  step "$*"
  cd "$TEST_TMPDIR"
  rm -rf "$workspace"
  BUILD_WORKING_DIRECTORY=$PWD "$new" my-worker --template "$@"
  cd "$workspace"
  # Whatever would come over the network fails; npm's packages are in its cache since the outer workspace fetched them.
  cat >user.bazelrc <<RC
startup --output_base=$TEST_TMPDIR/output --max_idle_secs=60
common --repository_disable_download --repo_env=npm_config_offline=true
RC
}

# `wrangler deploy` builds what is not built yet, and takes MODULE, one of the Worker's.
dry_run() {
  local module=$1
  node "$wrangler" deploy --dry-run >deploy.log 2>&1 || { cat deploy.log && fail "wrangler deploy --dry-run"; }
  grep -q -- "$module" deploy.log || { cat deploy.log && fail "$module is not deployed"; }
}

# serve PATH PHOTO EXPECTED: `wrangler dev` answers so.
serve() {
  node "$here/ask.mjs" "$wrangler" "$@" || fail "wrangler dev"
}

trap 'cd "$workspace" && ./bazelw shutdown' EXIT

write image-classifier
./bazelw test //...
dry_run models/person/model.wasm
./bazelw run //:worker.deploy -- --dry-run >deploy.log || fail "worker.deploy"
grep -q "^size .* 64 MiB" deploy.log || { cat deploy.log && fail "no limits"; }
serve /classify photos/astronaut.jpg '"label":"person"'

step "the compiler and wrangler, where the user stands"
./bazelw run @wranglet//:wranglet -- inspect models/person.onnx >inspect.log || fail "wranglet inspect"
grep -q "GlobalAveragePool\|AVERAGE_POOL\|Mean" inspect.log || { cat inspect.log && fail "no layers"; }
./bazelw run @wranglet//:wrangler -- deploy --dry-run | grep -q models/person/model.wasm || fail "//:wrangler"

step "a wrangler.toml that lacks what an attribute asks for"
sed -i 's/^    config = "wrangler.toml",/&\n    rate_limit = 5,/' BUILD.bazel
! ./bazelw build //:worker 2>build.log || fail "it builds"
grep -q '//:worker: its config, .*wrangler.toml, lacks `name = "RATE_LIMITER"`, which rate_limit asks for' build.log ||
  { cat build.log && fail "it does not say what is lacking"; }
sed -n '/^\[\[ratelimits\]\]/,/^simple/p' build.log >>wrangler.toml
dry_run RATE_LIMITER

step "the same by WORKSPACE, and one workspace from another"
./bazelw build --config=workspace --nobuild //...
./bazelw run @wranglet//:new -- another --template library
[[ -x another/bazelw ]] || fail "nothing is where the user stands"
diff MODULE.bazel another/MODULE.bazel

write presence-detector
dry_run service.js
./bazelw test //...
serve /presence photos/coffee.jpg '"present":false'

write multi-model
./bazelw test //...
dry_run models/person-whole/model.wasm

write library
./bazelw test //...
dry_run "Total Upload"
node "$tsc" -p . || fail "types"
sed -i 's/{ top: 5 }/{ top: "5" }/' src/index.ts
! node "$tsc" -p . >types.log || fail "a wrong argument passes the types"
grep -q "'string' is not assignable to type 'number'" types.log || { cat types.log && fail "types"; }

step "a Worker that Cloudflare would not take does not build"
cp "$here/too_large.BUILD" BUILD.bazel
! ./bazelw build //:worker 2>build.log || fail "it builds"
grep -q "//:worker: its modules are 70\..* MiB, and Cloudflare takes 64 MiB" build.log || { cat build.log && fail "it does not say why"; }
step "done"
