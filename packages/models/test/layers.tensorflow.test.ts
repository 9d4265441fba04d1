import { tfjsNodeFolder } from "@mammo/testing";
import { describe } from "vitest";
import { judgeLayers } from "./judgeLayers.ts";

describe.skipIf(!tfjsNodeFolder())("native TensorFlow (needs MAMMO_TFJS_NODE)", () => judgeLayers("tensorflow"));
