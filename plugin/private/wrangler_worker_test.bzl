"""wrangler_worker_test: Node.js tests against a Worker in workerd, the real Workers runtime."""

load(":node.bzl", "node_test")

def wrangler_worker_test(name, worker, srcs, data = [], **kwargs):
    """Runs test files with Node.js's test runner against a Worker that miniflare serves in workerd.

    A test gets the Worker by `import { startWorker } from "wranglet/testing"`.

    Args:
      name: the target.
      worker: a wrangler_worker.
      srcs: test files (node:test).
      data: files the tests read, such as photos.
      **kwargs: as of every test.
    """
    node_test(name = name, srcs = srcs, data = data, worker = worker, **kwargs)
