# {NAME}

A Cloudflare Worker with several networks ({MODELS}), made by [Wranglet]({WRANGLET}/README.md).

    ./bazelw test //...                # builds the Worker, and holds its answers against the networks'
    ./bazelw run //:worker.dev         # serves it on this machine
    curl -F image=@photos/coffee.jpg http://localhost:8787/classify/{MODEL}
    ./bazelw run //:worker.deploy      # ships it to your account; `-- --dry-run` ships nothing

Plain `wrangler dev` and `wrangler deploy` work as well: they build first, as `wrangler.toml` says.

| file | what |
|---|---|
| `BUILD.bazel` | what is built: each network's WebAssembly, the Worker, its test. A network more is a `wasm_model` and its name in `MODELS` |
| `models/` | the networks and their classes, one a line |
| `photos/` | sample photos, for the test and to calibrate int8. Take your own: a few dozen like those it will see |
| `wrangler.toml` | the Worker's settings: name, routes, bindings |
| `worker_test.mjs` | the test, in workerd |
| `bazelw` | Bazel with all tools it needs, which it provisions the first time |
