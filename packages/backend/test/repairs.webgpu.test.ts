import { describe } from "vitest";
import { importStockWebgpu } from "./defects/stockWebgpu.ts";
import { hasSoftwareGpu, needsSoftwareGpu } from "./softwareGpu.ts";
import { testRepairs } from "./testRepairs.ts";

const repairs = { AddN: "addN", AvgPoolGrad: "avgPool", ResizeBilinearGrad: "image.resizeBilinear" };

describe.skipIf(!hasSoftwareGpu)(`repairs of webgpu ${needsSoftwareGpu}`, () =>
  testRepairs("webgpu", { repairs, others: [] }, importStockWebgpu, true),
);
