// TensorFlow.js's plain JavaScript backend.

import "@tensorflow/tfjs-backend-cpu";

/** @param {any} tf */
export default (tf) => tf.setBackend("cpu");
