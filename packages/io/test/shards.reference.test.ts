import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandExists } from "@mammo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cohort } from "../src/node.ts";
import { openShards, readShardImage, writeShards } from "../src/shards.ts";
import { read, smallCohort } from "./shardCohort.ts";

const script = fileURLToPath(new URL("../reference/read_shards.py", import.meta.url));
const withParquet = process.env["MAMMO_PYTHON"] ?? "python3";
const hasPyarrow = (() => {
  try {
    execFileSync(withParquet, ["-c", "import pyarrow.parquet"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("shards in Python", () => {
  let folder: string;
  let cohort: Cohort;
  let directory: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mammo-shards-"));
    directory = join(folder, "shards");
    cohort = await smallCohort(join(folder, "cohort"), 7);
    for await (const _ of writeShards(cohort, { directory, imagesPerShard: 4, threads: 2, read }));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const python = (command: string, ...options: readonly string[]): unknown =>
    JSON.parse(execFileSync(command, [script, directory, ...options], { encoding: "utf8" }));

  it.skipIf(!commandExists("python3"))("stock Python reads the same pictures, and all hashes and offsets hold (needs python3)", async () => {
    const shards = await openShards(directory);
    const expected: Record<string, unknown> = {};
    for (const [index, { image, laterality, view }] of shards.images.entries()) {
      const { pixels, rows, columns } = await readShardImage(shards, index);
      const values = Uint16Array.from(pixels, (value) => Math.round(value * 65535));
      const picture = createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
      expected[String(image).padStart(9, "0")] = { rows, columns, view, laterality, picture };
    }
    expect(python("python3")).toEqual(expected);
  });

  it.skipIf(!hasPyarrow)("pyarrow reads the manifest (needs Python with pyarrow, see MAMMO_PYTHON)", () => {
    const rows = python(withParquet, "--manifest") as readonly Record<string, unknown>[];
    expect(rows).toMatchObject(
      cohort.images.map(({ id, patientId, cancer, lesions, sha256 }, image) => ({
        image,
        id,
        woman: patientId,
        cancer: cancer ?? null,
        shard: `shard-00000${Math.floor(image / 4)}.tar`,
        source_sha256: sha256,
        mm_per_pixel: read.mmPerPixel,
        lesions: lesions === undefined ? null : expect.stringContaining('"kind":"mass"'),
      })),
    );
  });
});
