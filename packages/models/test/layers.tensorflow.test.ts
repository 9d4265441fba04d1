import { hasTfjsNode } from "@mammo/testing";
import { describe } from "vitest";
import { judgeLayers } from "./judgeLayers.ts";

describe.skipIf(!hasTfjsNode())("native TensorFlow (needs MAMMO_TEST_TFJS_NODE)", () => judgeLayers("tensorflow"));
