import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The folder of the real test data: `MAMMO_DATA`, else `../shared/data` beside the repository; undefined where there is none.
 *
 * The data may not be copied into the repository, so what needs it is skipped on a machine without it.
 *
 * @example it.skipIf(!dataFolder())("reads a GE view (needs the data folder)", () => {});
 */
export function dataFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const folder = environment["MAMMO_DATA"] ? resolve(environment["MAMMO_DATA"]) : join(repository, "..", "shared", "data");
  return existsSync(folder) ? folder : undefined;
}
