// Linking tfjs-node to the TensorFlow of a Python wheel, and undoing it
export { type LinkOptions, linkTensorflow } from "./linkTensorflow.ts";
export { unlinkTensorflow } from "./unlinkTensorflow.ts";

// What goes wrong
export { NativeTensorflowError, type NativeTensorflowErrorCode } from "./errors.ts";
