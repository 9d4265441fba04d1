import { hasTfjsNode } from "@mammo/testing";
import { describe } from "vitest";
import { testGradients } from "./testGradients.ts";

describe.skipIf(!hasTfjsNode())(`native TensorFlow (needs MAMMO_TEST_TFJS_NODE, a tfjs-node linked to TensorFlow)`, () =>
  testGradients("tensorflow", 2),
);
