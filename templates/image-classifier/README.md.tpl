# {NAME}

A Cloudflare Worker that classifies images with the network `{MODEL}`, made by [Wranglet]({WRANGLET}/README.md).

    ./bazelw test //...                # builds the Worker, and holds its answers against the network's
    ./bazelw run //:worker.dev         # serves it on this machine
    curl -F image=@photos/coffee.jpg http://localhost:8787/classify
    ./bazelw run //:worker.deploy      # ships it to your account; `-- --dry-run` ships nothing

Plain `wrangler dev` and `wrangler deploy` work as well: they build first, as `wrangler.toml` says.

| file | what |
|---|---|
| `BUILD.bazel` | what is built: the network's WebAssembly, the Worker, its test |
| `models/` | the network and its classes, one a line. Put yours here, and name it in `BUILD.bazel` |
| `photos/` | sample photos, for the test and to calibrate int8. Take your own: a few dozen like those it will see |
| `wrangler.toml` | the Worker's settings: name, routes, bindings |
| `worker_test.mjs` | the test, in workerd |
| `bazelw` | Bazel with all tools it needs, which it provisions the first time |
