import { describe } from "vitest";
import { testGradients } from "./gradientTable.ts";
import { hasTfjsNode, needsTfjsNode } from "./tfjsNode.ts";

describe.skipIf(!hasTfjsNode)(`native TensorFlow ${needsTfjsNode}`, () => testGradients("tensorflow", 2));
