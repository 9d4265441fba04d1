import { hasTfjsNode } from "@mammo/testing";
import { describe } from "vitest";
import { testLayers } from "./testLayers.ts";

describe.skipIf(!hasTfjsNode())("native TensorFlow (needs MAMMO_TEST_TFJS_NODE)", () => testLayers("tensorflow"));
