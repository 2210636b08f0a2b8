// Random ONNX networks, each operator by itself in float32, against ONNX Runtime.

import { testRandomNetworks } from "./random.mjs";

await testRandomNetworks("onnx", ["onnxruntime"]);
