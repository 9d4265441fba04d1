import { describe } from "vitest";
import { importTfjsNode } from "../src/tensorflow/importTfjsNode.ts";
import { judgeRepairs } from "./judgeRepairs.ts";
import { hasTfjsNode, needsTfjsNode } from "./tfjsNode.ts";

const repairs = {
  ResizeBilinearGrad: "image.resizeBilinear",
  // Not in stock TensorFlow.js at all.
  MammoBatchNormTrain: "batch norm",
  MammoBatchNormTrainGrad: "batch norm",
};

describe.skipIf(!hasTfjsNode)(`repairs of tensorflow ${needsTfjsNode}`, () =>
  judgeRepairs("tensorflow", { repairs, others: ["FusedConv2D"] }, () => importTfjsNode(2)),
);
