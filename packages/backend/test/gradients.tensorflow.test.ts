import { describe } from "vitest";
import { testGradients } from "./gradientTable.ts";

describe.skipIf(!process.env["MAMMO_TFJS_NODE"])("native TensorFlow (needs MAMMO_TFJS_NODE)", () => testGradients("tensorflow", 2));
