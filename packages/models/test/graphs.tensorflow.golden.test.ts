import { hasTfjsNode } from "@mammo/testing";
import { describe } from "vitest";
import { testGraphs } from "./testGraphs.ts";

// oneDNN sums in an order of its own, and a ReLU that falls to the other side moves gradients: see nets.tensorflow.golden.test.ts.
const tolerance = { forward: 1e-3, gradients: 2e-2 };

describe.skipIf(!hasTfjsNode())("native TensorFlow (needs MAMMO_TEST_TFJS_NODE)", () => testGraphs("tensorflow", tolerance));
