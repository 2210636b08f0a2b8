"""C++ libraries as this machine has them installed, one package a library."""

# Each by itself, for zlib's folder is a Bazel package already.
_ZLIB = [name + ".c" for name in "adler32 compress crc32 deflate inffast inflate inftrees trees zutil".split(" ")] + [
    name + ".h"
    for name in "crc32 deflate gzguts inffast inffixed inflate inftrees trees zconf zlib zutil".split(" ")
]

# Package name -> files and folders it is made of: link name -> places to look, first found wins.
_LIBRARIES = {
    "cxxopts": {"include/cxxopts.hpp": ["/usr/include/cxxopts.hpp"]},
    "flatbuffers": {"include/flatbuffers": ["/usr/include/flatbuffers"]},
    "googletest": {
        "include": ["/usr/src/googletest/googletest/include"],
        "src": ["/usr/src/googletest/googletest/src"],
    },
    "libjpeg_turbo": {"src": ["/usr/src/libjpeg-turbo/src"]},
    "libspng": {"src": ["/usr/src/libspng/spng"]},
    "libwebp": {
        "sharpyuv": ["/usr/src/libwebp/sharpyuv"],
        "src": ["/usr/src/libwebp/src"],
    },
    "nlohmann_json": {"include/nlohmann": ["/usr/include/nlohmann"]},
    "onnx": {"onnx/onnx.proto": ["/usr/include/onnx/onnx.proto"]},
    "simde": {"include/simde": ["/usr/include/simde"]},
    "zlib": {"src/" + name: ["/usr/src/zlib/" + name] for name in _ZLIB},
}

def _installed_libraries_impl(rctx):
    for library, links in _LIBRARIES.items():
        for link, places in links.items():
            found = [place for place in places if rctx.path(place).exists]
            if not found:
                fail("Wranglet needs {}, which is not at {}: run ./bazelw, which provides it, or install the package".format(
                    library,
                    " nor at ".join(places),
                ))
            rctx.symlink(found[0], "{}/{}".format(library, link))
        rctx.template("{}/BUILD.bazel".format(library), Label("//plugin/third_party:{}.BUILD".format(library)))
    rctx.file("BUILD.bazel", "")

installed_libraries = repository_rule(
    doc = "Makes `@NAME//LIBRARY` of each C++ library Wranglet uses, by symbolic links to where Debian installs it.",
    implementation = _installed_libraries_impl,
    local = True,
)
