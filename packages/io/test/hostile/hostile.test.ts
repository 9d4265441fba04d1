import { describe, expect, it } from "vitest";
import { parseTsv } from "../../src/cohort/parseTsv.ts";
import { parseDicom, readMammogram, readMammoHeader } from "../../src/index.ts";
import { corpus } from "./corpus.ts";
import { hostileFiles } from "./doorCorpus.ts";
import { runCorpus } from "./runCorpus.ts";

describe("the hostile corpus", () => {
  it("ends each file of each door with a typed error (a DICOM file's names a byte), in under a second and 300 MB", { timeout: 300_000 }, async () => {
    const costs = await runCorpus();
    expect(costs).toHaveLength(hostileFiles.length);
    for (const { name, door, mayBeRead, code, milliseconds, cpuMilliseconds, megabytes } of costs) {
      // UIDs that are none are left out, and the image is read; so are elements that nothing is read from.
      if (mayBeRead || name === "UIDs with path parts") expect(code, name).toMatch(/^(read|[a-z]+-[a-z]+)$/);
      else if (door === "dicom")
        expect(code, name).toMatch(
          /^(limit-exceeded|no-pixels|truncated|invalid-structure|pixels-mismatch|corrupt-pixels|(missing|invalid)-attribute)$/,
        );
      else expect(code, name).toMatch(/^(?!read$)[a-z-]+$/);
      // The clock of a machine that does other things too says little; the time that the process itself took says all.
      expect(cpuMilliseconds, name).toBeLessThan(1000);
      expect(milliseconds, name).toBeLessThan(5000);
      expect(megabytes, name).toBeLessThan(300);
    }
  });

  it("keeps subsampled JPEG 2000 from its decoder, which would write out of its memory", async () => {
    const bytes = corpus["a JPEG 2000 codestream with subsampling"]!();
    await expect(readMammogram(bytes)).rejects.toMatchObject({ code: "corrupt-pixels", message: expect.stringContaining("without subsampling") });
  });

  it("lets no UID through that could be a path", async () => {
    const header = readMammoHeader(await parseDicom(corpus["UIDs with path parts"]!()));
    expect([header.studyInstanceUid, header.sopInstanceUid, header.transferSyntaxUid]).toEqual([undefined, undefined, "1.2.840.10008.1.2.1"]);
  });

  it("keeps a table's __proto__ column a column", () => {
    const rows = parseTsv("subjectId\t__proto__\tconstructor\n1\tpolluted\tpolluted\n", { file: "t.tsv", required: ["subjectId"], optional: "all" });
    expect(Object.getPrototypeOf(rows[0]!.cells)).toBeNull();
    expect(Object.entries(rows[0]!.cells)).toContainEqual(["__proto__", "polluted"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
