import { hasTfjsNode } from "@mammo/testing";
import { describe } from "vitest";
import { importTfjsNode } from "../src/tensorflow/importTfjsNode.ts";
import { testRepairs } from "./testRepairs.ts";

const repairs = {
  ResizeBilinearGrad: "image.resizeBilinear",
  // Not in stock TensorFlow.js at all.
  MammoBatchNormTrain: "batch norm",
  MammoBatchNormTrainGrad: "batch norm",
};

describe.skipIf(!hasTfjsNode())(`repairs of tensorflow (needs MAMMO_TEST_TFJS_NODE, a tfjs-node linked to TensorFlow)`, () =>
  testRepairs("tensorflow", { repairs, others: ["FusedConv2D"] }, () => importTfjsNode(2)),
);
