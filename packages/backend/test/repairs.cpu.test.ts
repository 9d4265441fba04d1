import { describe } from "vitest";
import { testRepairs } from "./testRepairs.ts";

const repairs = {
  AvgPoolGrad: "avgPool",
  ResizeBilinearGrad: "image.resizeBilinear",
  ResizeNearestNeighborGrad: "image.resizeNearestNeighbor",
};

describe("repairs of cpu", () => testRepairs("cpu", { repairs, others: [] }, () => import("@tensorflow/tfjs-backend-cpu")));
