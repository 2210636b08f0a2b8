"""Finds Emscripten and Binaryen on this machine and makes a cc_toolchain of them."""

_MINIMUM_EMCC = 4

# Emscripten compiles its system libraries when a link first needs them, but a sandboxed action may not write
# to its cache. So programs that need all we use are linked ahead, once with each set of options we link with.
_PROBE = "#include <algorithm>\n#include <cmath>\n#include <cstdlib>\n#include <cstring>\n#include <string>\n#include <vector>\n" + \
         "int main(int n, char** v) { std::vector<std::string> s(v, v + n); std::sort(s.begin(), s.end()); return s.size(); }\n"
_LINKS = [
    ["--no-entry"],
    ["--no-entry", "-sMALLOC=none"],
    ["--no-entry", "-sMALLOC=emmalloc", "-sALLOW_MEMORY_GROWTH", "-sSUPPORT_LONGJMP=wasm"],
    ["-sALLOW_MEMORY_GROWTH"],
]

def _which(rctx, tool):
    path = rctx.which(tool)
    if not path:
        fail("Wranglet needs {} on PATH: run ./bazelw, which provides it, or install Emscripten >= {}".format(tool, _MINIMUM_EMCC))
    return str(path)

def _check_version(rctx, emcc):
    output = rctx.execute([emcc, "--version"]).stdout
    for word in output.split(" "):
        if word and word[0].isdigit() and "." in word:
            if int(word.split(".")[0]) >= _MINIMUM_EMCC:
                return
            fail("Wranglet needs Emscripten >= {}, {} is {}: run ./bazelw, which provides it".format(_MINIMUM_EMCC, emcc, word))
    fail("{} --version does not tell a version:\n{}".format(emcc, output))

def _link_probes(rctx, emcc, environment):
    """Links a small program in every way we link; returns what went wrong, or None."""
    rctx.file("probe.cc", _PROBE)
    for options in _LINKS:
        result = rctx.execute(
            [emcc, "-O1", "-fno-exceptions", "-sSTANDALONE_WASM", "probe.cc", "-o", "probe.wasm"] + options,
            environment = environment,
            timeout = 1800,
        )
        if result.return_code != 0:
            return result.stderr
    return None

def _cache(rctx, emcc):
    """The folder of Emscripten's compiled libraries: EM_CACHE if it has them all, else one of our own."""
    given = rctx.os.environ.get("EM_CACHE")
    if given and not _link_probes(rctx, emcc, {"EM_CACHE": given, "EM_FROZEN_CACHE": "1"}):
        return given
    rctx.report_progress("compiling Emscripten's system libraries (a minute, once)")
    own = str(rctx.path("cache"))
    problem = _link_probes(rctx, emcc, {"EM_CACHE": own, "EM_FROZEN_CACHE": ""})
    if problem:
        fail("{} cannot link a small program:\n{}".format(emcc, problem))
    return own

def _include_directories(rctx, emcc, environment):
    """Where the compiler finds its own headers, as it tells itself."""
    rctx.file("probe.cc", "")
    result = rctx.execute([emcc, "-v", "-c", "probe.cc", "-o", "probe.o"], environment = environment)
    if result.return_code != 0:
        fail("{} cannot compile an empty file:\n{}".format(emcc, result.stderr))
    lines = result.stderr.split("\n")
    start = lines.index("#include <...> search starts here:")
    end = lines.index("End of search list.")
    return [line.strip() for line in lines[start + 1:end]]

def _emscripten_configure_impl(rctx):
    emcc = _which(rctx, "emcc")
    _check_version(rctx, emcc)
    environment = {"EM_CACHE": _cache(rctx, emcc), "EM_FROZEN_CACHE": "1"}
    rctx.symlink(_which(rctx, "wasm-opt"), "wasm-opt")
    rctx.template(
        "BUILD.bazel",
        Label("//plugin/toolchain:emscripten.BUILD.tpl"),
        substitutions = {
            "{EMAR}": _which(rctx, "emar"),
            "{EMCC}": emcc,
            "{ENVIRONMENT}": repr(environment),
            "{INCLUDES}": repr(_include_directories(rctx, emcc, environment)),
        },
    )

emscripten_configure = repository_rule(
    doc = "`@NAME//:toolchain`, a cc_toolchain for //plugin/toolchain:wasm, and `@NAME//:wasm-opt`.",
    implementation = _emscripten_configure_impl,
    environ = ["EM_CACHE", "PATH"],
    local = True,
)
