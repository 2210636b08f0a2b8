# Only for `--config=workspace`; MODULE.bazel is the default.
local_repository(
    name = "wranglet",
    path = "{WRANGLET}",
)

load("@wranglet//plugin:repositories.bzl", "wranglet_dependencies")

wranglet_dependencies()
