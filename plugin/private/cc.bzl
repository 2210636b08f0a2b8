"""C++ rules with this project's dialect, so that it builds the same in any user's workspace."""

load("@rules_cc//cc:defs.bzl", _cc_binary = "cc_binary", _cc_library = "cc_library", _cc_test = "cc_test")

# No contraction: the host must compute what the Worker does, bit for bit.
COPTS = [
    "-std=c++20",
    "-ffp-contract=off",
    "-Wall",
    "-Wextra",
    "-Wno-missing-field-initializers",
    "-Wno-unknown-pragmas",
]

# Kernel tests and fuzz targets run under these.
SANITIZE = [
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=undefined",
]

def cc_library(copts = [], **kwargs):
    """rules_cc's cc_library in C++20 without floating-point contraction."""
    _cc_library(copts = COPTS + copts, **kwargs)

def cc_binary(copts = [], **kwargs):
    """rules_cc's cc_binary in C++20 without floating-point contraction."""
    _cc_binary(copts = COPTS + copts, **kwargs)

def cc_test(copts = [], **kwargs):
    """rules_cc's cc_test in C++20 without floating-point contraction."""
    _cc_test(copts = COPTS + copts, **kwargs)
