import { describe } from "vitest";
import { hasSoftwareGpu, needsSoftwareGpu } from "./softwareGpu.ts";
import { testGradients } from "./testGradients.ts";

describe.skipIf(!hasSoftwareGpu)(needsSoftwareGpu, () => testGradients("webgpu", 1, true));
