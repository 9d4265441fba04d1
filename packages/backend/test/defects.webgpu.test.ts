import { describe } from "vitest";
import { testDefects } from "./defects/testDefects.ts";
import { hasSoftwareGpu, needsSoftwareGpu } from "./softwareGpu.ts";

describe.skipIf(!hasSoftwareGpu)(needsSoftwareGpu, () => testDefects("webgpu"));
