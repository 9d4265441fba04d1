import { describe } from "vitest";
import { judgeRepairs } from "./judgeRepairs.ts";

const repairs = {
  AvgPoolGrad: "avgPool",
  ResizeBilinearGrad: "image.resizeBilinear",
  ResizeNearestNeighborGrad: "image.resizeNearestNeighbor",
};

describe("repairs of cpu", () => judgeRepairs("cpu", { repairs, others: [] }, () => import("@tensorflow/tfjs-backend-cpu")));
