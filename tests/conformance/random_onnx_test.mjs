// Random ONNX networks, each operator by itself, in float32 and quantised (QuantizeLinear and
// DequantizeLinear), and quantised chains, against ONNX Runtime.

import { testRandomNetworks } from "./random.mjs";

await testRandomNetworks("onnx", ["onnxruntime"]);
