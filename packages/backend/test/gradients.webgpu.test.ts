import { describe } from "vitest";
import { testGradients } from "./gradientTable.ts";
import { hasSoftwareGpu, needsSoftwareGpu } from "./softwareGpu.ts";

describe.skipIf(!hasSoftwareGpu)(needsSoftwareGpu, () => testGradients("webgpu", 1, true));
