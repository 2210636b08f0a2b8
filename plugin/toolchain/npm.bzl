"""npm's packages (miniflare, workerd, wrangler) and the Node.js that runs them."""

_BUILD = """\
package(default_visibility = ["//visibility:public"])

exports_files(["node"])

filegroup(
    name = "packages",
    srcs = ["node_modules"],
)
"""

# The first with module.registerHooks, by which tests find their packages.
_MINIMUM_NODE = (22, 15)

def _npm_packages_impl(rctx):
    node = rctx.which("node")
    npm = rctx.which("npm")
    if not node or not npm:
        fail("Wranglet needs Node.js >= {}.{} and npm on PATH: run ./bazelw, which provides them".format(*_MINIMUM_NODE))
    version = rctx.execute([node, "--version"]).stdout.strip()
    if tuple([int(part) for part in version.lstrip("v").split(".")[:2]]) < _MINIMUM_NODE:
        fail("Wranglet needs Node.js >= {}.{}, {} is {}: run ./bazelw, which provides it".format(
            _MINIMUM_NODE[0],
            _MINIMUM_NODE[1],
            node,
            version,
        ))

    # Copies: npm does not follow links to these two.
    rctx.file("package.json", rctx.read(rctx.attr.package))
    rctx.file("package-lock.json", rctx.read(rctx.attr.lock))
    rctx.report_progress("npm ci")

    # --prefer-offline: what another workspace fetched before is in npm's own cache. --ignore-scripts: no
    # package runs code of its own, or downloads more, at its installation.
    result = rctx.execute(
        [npm, "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        timeout = 1200,
    )
    if result.return_code != 0:
        fail("npm ci failed for {}:\n{}{}".format(rctx.attr.package, result.stdout, result.stderr))

    rctx.symlink(node, "node")
    rctx.file("BUILD.bazel", _BUILD)

npm_packages = repository_rule(
    doc = "Installs the packages of a lock file as `@NAME//:packages`, and finds Node.js as `@NAME//:node`.",
    implementation = _npm_packages_impl,
    attrs = {
        "lock": attr.label(mandatory = True, allow_single_file = True),
        "package": attr.label(mandatory = True, allow_single_file = True),
    },
    environ = ["PATH"],
)
