import { hasTfjsNode } from "@mammo/testing";
import { describe } from "vitest";
import { testNets } from "./testNets.ts";

// oneDNN sums in an order of its own, which norms over the few values of a small picture amplify. One of the first layer's 163,840 values lies 5e-6 above
// zero and comes out 3e-6 below it: that ReLU alone moves the gradients of its layer by up to 6e-3 of their norm; all later layers are right to 5e-4.
const tolerance = { forward: { absolute: 5e-4 }, gradients: (name: string) => (name.startsWith("block1/conv1/") ? 1e-2 : 5e-4) };

describe.skipIf(!hasTfjsNode())("native TensorFlow (needs MAMMO_TEST_TFJS_NODE)", () => testNets("tensorflow", tolerance));
