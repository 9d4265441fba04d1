import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Whether a program of this name can be started from PATH.
 *
 * @example it.skipIf(!commandExists("dciodvfy"))("is valid DICOM (needs dciodvfy)", () => {});
 */
export function commandExists(name: string, path: string = process.env["PATH"] ?? ""): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}
