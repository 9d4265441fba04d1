import { tfjsNodeFolder } from "@mammo/testing";
import { describe } from "vitest";
import { judgeNets } from "./judgeNets.ts";

// oneDNN sums in an order of its own. Each layer is right to 2e-6, but norms over the few values of a small picture amplify it, and where two values
// are almost equal a pooling maximum or a ReLU turns over: 3e-4 in a logit, 9e-4 in the gradient of the first kernel.
const tolerance = { forward: { absolute: 5e-4 }, gradients: 2e-3 };

describe.skipIf(!tfjsNodeFolder())("native TensorFlow (needs MAMMO_TFJS_NODE)", () => judgeNets("tensorflow", tolerance));
