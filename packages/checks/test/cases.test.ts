import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { callCases } from "../src/cases/callCases.ts";
import { dicomCases } from "../src/cases/dicomCases.ts";
import { tableCases } from "../src/cases/tableCases.ts";

const given = process.env["MAMMO_CASES"];
const folder = given ? resolve(given) : fileURLToPath(new URL("../../../../shared/cases", import.meta.url));

describe("files and tables after public bug reports (files need the folder of the cases)", () => {
  for (const one of [...dicomCases, ...tableCases, ...callCases])
    it.skipIf(!one.isCall && !existsSync(join(folder, one.path)))(`${one.path}: ${one.expected}`, { timeout: 60_000 }, async () => {
      const { outcome, note } = await one.run(folder);
      expect(["right", "flagged", "refused"], note).toContain(outcome);
    });
});
