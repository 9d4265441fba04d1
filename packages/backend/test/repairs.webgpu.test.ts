import { describe } from "vitest";
import { importStockWebgpu } from "./defects/stockWebgpu.ts";
import { judgeRepairs } from "./judgeRepairs.ts";
import { hasSoftwareGpu, needsSoftwareGpu } from "./softwareGpu.ts";

const repairs = { AddN: "addN", AvgPoolGrad: "avgPool", ResizeBilinearGrad: "image.resizeBilinear" };

describe.skipIf(!hasSoftwareGpu)(`repairs of webgpu ${needsSoftwareGpu}`, () =>
  judgeRepairs("webgpu", { repairs, others: [] }, importStockWebgpu, true),
);
