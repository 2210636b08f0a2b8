bazel_dep(name = "wranglet", version = "0.1.0")
local_path_override(
    module_name = "wranglet",
    path = "{WRANGLET}",
)
