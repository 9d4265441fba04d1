import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isSoftware } from "../src/webgpu/adapter.ts";
import { probeDawn } from "../src/webgpu/dawn.ts";

/** Where Vulkan's loader looks for drivers. */
const folders = ["/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

const lavapipe = folders.flatMap((folder) =>
  filesOf(folder)
    .filter((name) => /^lvp_icd.*\.json$/.test(name))
    .map((name) => join(folder, name)),
)[0];

// From here on Vulkan knows lavapipe alone, in this process and in its children: a real GPU beside it shall not answer.
if (lavapipe) process.env["VK_ICD_FILENAMES"] = lavapipe;

const info = lavapipe ? await probeDawn([{}]).catch(() => undefined) : undefined;

/** Is there a software GPU to test on? Dawn takes Mesa 25 or newer. */
export const hasSoftwareGpu = info !== undefined && isSoftware(info);

/** For the name of a suite that is skipped without it. */
export const needsSoftwareGpu = "(needs Mesa's lavapipe, 25 or newer)";

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
