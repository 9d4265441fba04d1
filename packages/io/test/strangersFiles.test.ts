import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseDicom } from "../src/index.ts";
import { parquetRows, readDreamCohort, readTableCohort } from "../src/node.ts";
import { writeShards } from "../src/shards.ts";
import { deidentify } from "../src/write.ts";
import { crashParquet, hangParquet } from "./hostile/parquetFiles.ts";
import { read, smallCohort } from "./shardCohort.ts";
import { type Element, mammogram } from "./writeDicom.ts";

let folder = "";
const at = (...names: readonly string[]): string => join(folder, ...names);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-strangers-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = Uint8Array.from({ length: 16 }, (_, index) => index);
async function textOf(bytes: Uint8Array, tag: number): Promise<string> {
  const { dataSet } = await parseDicom(bytes);
  const { offset, length } = dataSet.elements.get(tag)!;
  return new TextDecoder("latin1").decode(dataSet.bytes.subarray(offset, offset + length)).replace(/[\0 ]+$/, "");
}

describe("de-identification", () => {
  const pseudonym = async (...extra: readonly Element[]) =>
    textOf(await deidentify(mammogram({ extra: [[0x00100020, "LO", "1"], ...extra] }), { key }), 0x00100020);

  it("gives two women of one number, by two issuers, two names", async () => {
    const names = await Promise.all([
      pseudonym(),
      pseudonym([0x00100021, "LO", "NORTH"]),
      pseudonym([0x00100021, "LO", "SOUTH"]),
      pseudonym([0x00100024, "SQ", [[[0x00400032, "UT", "1.2.3"]]]]),
    ]);
    expect(new Set(names).size).toBe(4);
    expect(await pseudonym([0x00100021, "LO", "NORTH"])).toBe(names[1]);
  });

  it("keeps the UIDs that the standard gives out, and no other of its root", async () => {
    const clean = await deidentify(
      mammogram({
        extra: [
          [0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.2"],
          [0x00081155, "UI", "1.2.840.10008.19771107.5"],
        ],
      }),
      { key },
    );
    expect(await textOf(clean, 0x00081150)).toBe("1.2.840.10008.5.1.4.1.1.2");
    expect(await textOf(clean, 0x00081155)).toMatch(/^2\.25\.\d+$/);
  });

  it("refuses a key that anybody could guess", async () => {
    for (const guess of [new Uint8Array(32), new Uint8Array(16)])
      await expect(deidentify(mammogram(), { key: guess })).rejects.toThrow("zeros alone");
  });
});

describe("a cohort's table", () => {
  const table = "path,woman,laterality,view\nleft.png,1,L,CC\n";

  it("reaches no file outside of its folder by a link, but for what git-annex keeps beside it", async () => {
    await mkdir(at("cohort"));
    await writeFile(at("cohort", "table.csv"), table);
    await writeFile(at("SECRET.png"), "elsewhere");
    await symlink(at("SECRET.png"), at("cohort", "left.png"));
    const error = await readTableCohort(at("cohort", "table.csv")).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: "CohortError", code: "unreadable-file" });
    expect(String(error)).not.toContain("SECRET");
    await rm(at("cohort", "left.png"));
    await mkdir(at(".git", "annex", "objects"), { recursive: true });
    await writeFile(at(".git", "annex", "objects", "key"), "content");
    await symlink(at(".git", "annex", "objects", "key"), at("cohort", "left.png"));
    expect((await readTableCohort(at("cohort", "table.csv"))).images).toHaveLength(1);
  });

  it("that is there and is no file is not taken for absent", async () => {
    await writeFile(at("images_crosswalk.tsv"), "subjectId\texamIndex\timageIndex\tview\tlaterality\tfilename\n1\t1\t1\tCC\tL\ta.dcm\n");
    await writeFile(at("a.dcm"), "");
    await mkdir(at("exams_metadata.tsv"));
    await expect(readDreamCohort(folder)).rejects.toMatchObject({ code: "unreadable-file" });
  });
});

describe("Parquet", () => {
  it("is read in a thread: what ends it, and what is never done, is a typed error", { timeout: 60_000 }, async () => {
    const columnData = [{ name: "subjectId", data: ["a", "b"], type: "STRING" as const }];
    expect(await parquetRows(new Uint8Array(parquetWriteBuffer({ columnData })))).toEqual([{ subjectId: "a" }, { subjectId: "b" }]);
    await expect(parquetRows(crashParquet())).rejects.toMatchObject({ name: "FilesError", code: "malformed-table" });
    await expect(parquetRows(hangParquet())).rejects.toMatchObject({ name: "FilesError", code: "too-large" });
    await expect(parquetRows(new Uint8Array(100))).rejects.toMatchObject({ name: "FilesError", code: "malformed-table" });
  });
});

describe("a folder of shards", () => {
  it("has one writer at a time", { timeout: 60_000 }, async () => {
    const cohort = await smallCohort(at("cohort"), 2);
    const options = { directory: at("shards"), threads: 1, read };
    const first = writeShards(cohort, options);
    await first.next();
    await expect(writeShards(cohort, options).next()).rejects.toMatchObject({ name: "ShardError", code: "in-use" });
    for await (const _progress of first);
    const again = writeShards(cohort, options);
    expect((await again.next()).value).toMatchObject({ kept: 2 });
    await again.return({} as never);
  });
});
