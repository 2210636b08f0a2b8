# {NAME}

The network `{MODEL}` as a library for a Cloudflare Worker of your own, made by [Wranglet]({WRANGLET}/README.md).

    ./bazelw test //...                                         # holds its answers against the network's
    ./bazelw run //:model.copy -- ../YOUR-PROJECT/src/model     # puts it into your project

There, in TypeScript or JavaScript:

    import { classify } from "./model/index.js";

    const { label, score } = classify(await request.arrayBuffer());

`index.d.ts` in that folder says what else there is. Wrangler bundles the folder as it does any import; your project
needs no setting, no package and no Bazel.

This folder is such a project itself: `src/index.ts` is its Worker, and `wrangler dev` and `wrangler deploy` here build
the model first, as `wrangler.toml` says.

| file | what |
|---|---|
| `BUILD.bazel` | what is built: the network's WebAssembly, the library, its test |
| `models/` | the network and its classes, one a line. Put yours here, and name it in `BUILD.bazel` |
| `photos/` | sample photos, for the test and to calibrate int8. Take your own: a few dozen like those it will see |
| `src/index.ts`, `wrangler.toml` | a Worker that uses the library |
| `worker_test.mjs` | the test, of that Worker as wrangler bundles and serves it |
| `bazelw` | Bazel with all tools it needs, which it provisions the first time |
