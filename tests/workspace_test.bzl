"""workspace_test: a test that builds another workspace, which uses this source tree."""

def workspace_test(name, srcs, **kwargs):
    """An sh_test that may call bazelw.

    It builds the source tree itself, of which Bazel sees only the files in `data`: so it is never taken from a cache.

    Args:
      name: the test.
      srcs: its script.
      **kwargs: as sh_test has them.
    """
    native.sh_test(
        name = name,
        size = "large",
        timeout = "eternal",
        srcs = srcs,
        env_inherit = [
            "EM_CACHE",
            "EM_FROZEN_CACHE",
            "HOME",
            "PATH",
            "WRANGLET_HOME",
        ],
        tags = [
            "exclusive",
            "external",
            "local",
        ],
        **kwargs
    )
