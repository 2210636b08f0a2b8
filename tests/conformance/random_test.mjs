// Random .tflite networks, each operator by itself in each precision, and chains of operators, against
// LiteRT.js (XNNPACK's kernels where it has one) and native TensorFlow Lite's own kernels.

import { testRandomNetworks } from "./random.mjs";

await testRandomNetworks("tflite", ["litert", "tflite"]);
