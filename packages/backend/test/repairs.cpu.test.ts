import { describe } from "vitest";
import { testRepairs } from "./testRepairs.ts";

const repairs = {
  AvgPoolGrad: "avgPool",
  ResizeBilinearGrad: "image.resizeBilinear",
  ResizeNearestNeighborGrad: "image.resizeNearestNeighbor",
};

// Odd windows are refused or repaired: testWindows.
const others = ["AvgPool", "Conv2D", "DepthwiseConv2dNative", "FusedConv2D", "FusedDepthwiseConv2D", "MaxPool", "MaxPoolGrad", "MaxPoolWithArgmax"];

describe("repairs of cpu", () => testRepairs("cpu", { repairs, others }, () => import("@tensorflow/tfjs-backend-cpu")));
