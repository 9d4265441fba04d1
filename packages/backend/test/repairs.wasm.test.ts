import { describe } from "vitest";
import { testRepairs } from "./testRepairs.ts";

const repairs = {
  AvgPoolGrad: "avgPool",
  Conv2DBackpropFilter: "conv2d",
  MaxPoolGrad: "maxPool",
  OneHot: "oneHot",
  ResizeBilinearGrad: "image.resizeBilinear",
  UnsortedSegmentSum: "gather",
  // Not in stock TensorFlow.js at all.
  MammoBatchNormTrain: "batch norm",
  MammoBatchNormTrainGrad: "batch norm",
};
const others = [
  ...["Conv2D", "Conv2DBackpropInput", "FusedConv2D", "Identity", "MaxPool", "ResizeNearestNeighborGrad"],
  // Odd windows are refused or repaired: testWindows.
  ...["AvgPool", "DepthwiseConv2dNative", "FusedDepthwiseConv2D", "MaxPoolWithArgmax"],
  // Refused with a word on what to do instead.
  ...["DepthwiseConv2dNativeBackpropFilter", "DepthwiseConv2dNativeBackpropInput"],
  // Not in the gradient table: train's tests hold them against plain operations.
  ...["MammoAdam", "MammoWeightedSum"],
];

describe("repairs of wasm", () => testRepairs("wasm", { repairs, others }, () => import("@tensorflow/tfjs-backend-wasm")));
