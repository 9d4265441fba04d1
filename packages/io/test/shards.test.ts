import { type ChildProcess, spawn } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cohort, readCohortImage } from "../src/node.ts";
import { makeSample } from "../src/scale/shards/makeSample.ts";
import { parseHeader } from "../src/scale/shards/openShards.ts";
import { readParquet } from "../src/scale/shards/parquet.ts";
import { parseSidecar } from "../src/scale/shards/parseSidecar.ts";
import { shardFile } from "../src/scale/shards/shardFile.ts";
import { shardImageOf } from "../src/scale/shards/shardRow.ts";
import { openShards, readShardImage, type ShardsProgress, type WriteShardsOptions, writeShards } from "../src/shards.ts";
import { canary, read, smallCohort } from "./shardCohort.ts";

let folder: string;
let cohort: Cohort;
let seen: readonly ShardsProgress[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-shards-"));
  cohort = await smallCohort(join(folder, "cohort"), 13);
  seen = await write(cohort, "two");
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (from: Cohort, name: string, options: Partial<WriteShardsOptions> = {}): Promise<readonly ShardsProgress[]> => {
  const seen: ShardsProgress[] = [];
  for await (const progress of writeShards(from, { directory: join(folder, name), imagesPerShard: 5, threads: 2, read, ...options }))
    seen.push(progress);
  return seen;
};

const letters = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const isDone = (parse: () => unknown): boolean => {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: "ShardError" });
    return false;
  }
};

/** Name and bytes of all files of a folder. */
const content = async (name: string): Promise<Readonly<Record<string, string>>> => {
  const names = (await readdir(join(folder, name))).sort();
  return Object.fromEntries(await Promise.all(names.map(async (file) => [file, (await readFile(join(folder, name, file))).toString("latin1")])));
};

describe("writeShards", () => {
  it("writes the same bytes with one thread and with two, and reads them back where they lie", async () => {
    expect(seen.at(-1)).toEqual({ done: 13, total: 13, failures: 0, kept: 0 });
    await write(cohort, "one", { threads: 1 });
    const two = await content("two");
    expect(Object.keys(two)).toHaveLength(1 + 3 * 3 + 3);
    expect(await content("one")).toEqual(two);

    const shards = await openShards(join(folder, "two"));
    expect(shards.images.map(({ id, cancer }) => [id, cancer])).toEqual(cohort.images.map(({ id, cancer }) => [id, cancer]));
    for (const index of [0, 7, 12]) {
      const { pixels, ...rest } = await readShardImage(shards, index);
      const { pixels: expected, ...header } = await readCohortImage(cohort.images[index]!, read);
      expect(rest).toEqual(header);
      // Stored as multiples of 1 / 65535, to the nearest; 1e-7 is float32.
      const off = pixels.reduce((worst, value, at) => Math.max(worst, Math.abs(value - expected[at]!)), 0);
      expect(off).toBeLessThanOrEqual(0.5 / 65535 + 1e-7);
      expect(Math.max(...pixels)).toBeGreaterThan(0.4);
    }
    await expect(readShardImage(shards, 13)).rejects.toThrow(RangeError);
  });

  it("is read only where the published schemas take header, rows and sidecars, whatever stands in any one place", async () => {
    const schemaOf = async (name: string) =>
      new Ajv().compile(JSON.parse(await readFile(new URL(`../schemas/${name}.schema.json`, import.meta.url), "utf8")));
    const shards = await openShards(join(folder, "two"));
    const { sidecar } = shards.images[3]!;
    const bytes = await readFile(join(folder, "two", shards.images[3]!.shard));
    const headerBytes = await readFile(join(folder, "two", "shards.json"));
    const [row] = await readParquet(join(folder, "two", "manifest.parquet"));
    const kinds: readonly (readonly [name: string, whole: Record<string, unknown>, isRead: (value: Record<string, unknown>) => boolean])[] = [
      ["shards", JSON.parse(headerBytes.toString()), (value) => isDone(() => parseHeader(letters(value)))],
      [
        "shards-manifest",
        JSON.parse(JSON.stringify(row, (_, value) => (typeof value === "bigint" ? Number(value) : value))),
        (value) => isDone(() => shardImageOf(value as never, 0)),
      ],
      [
        "shards-sidecar",
        JSON.parse(bytes.subarray(sidecar.offset, sidecar.offset + sidecar.length).toString()),
        (value) => parseSidecar(letters(value)) !== undefined,
      ],
    ];
    const others = [undefined, null, true, -1, 0, 0.5, 2, 1e300, "", "x", "x".repeat(64), "0".repeat(64), [], [1], ["X"], {}, { a: 1 }];
    for (const [name, whole, isRead] of kinds) {
      const isValid = await schemaOf(name);
      expect(isValid(whole), name).toBe(true);
      expect(isRead(whole), name).toBe(true);
      let refused = 0;
      for (const key of Object.keys(whole))
        for (const other of others) {
          const changed = JSON.parse(JSON.stringify({ ...whole, [key]: other }));
          if (isValid(changed)) continue;
          refused++;
          expect(isRead(changed), `${name}: ${key} = ${JSON.stringify(other)}`).toBe(false);
        }
      expect(refused, name).toBeGreaterThan(50);
    }
  });

  it("lets nothing of a header or a file's name through", async () => {
    for (const [name, bytes] of Object.entries(await content("two"))) {
      expect(name).not.toContain("CANARY");
      expect(bytes).not.toContain("CANARY");
    }
    expect(await readFile(cohort.images[0]!.path, "latin1")).toContain(canary);
  });

  it("keeps finished shards, and makes again what was damaged or lost", async () => {
    const whole = await content("two");
    await write(cohort, "again");
    const path = (name: string) => join(folder, "again", name);
    const before = await stat(path("shard-000000.tar"));
    await truncate(path("shard-000001.tar"), 5000);
    await rm(path("shard-000002.json"));
    await rm(path("manifest.parquet"));
    await writeFile(path(".shard-000001.tar.9b2f6c1e-53d7-4a0b-8c4e-1f2a3b4c5d6e.part"), "left by a killed run");
    await expect(openShards(join(folder, "again"))).rejects.toMatchObject({ name: "ShardError", code: "unfinished" });
    const [kept] = await write(cohort, "again");
    expect(kept).toEqual({ done: 5, total: 13, failures: 0, kept: 5 });
    expect(await content("again")).toEqual(whole);
    expect((await stat(path("shard-000000.tar"))).ino).toBe(before.ino);
  });

  it("refuses a damaged picture, another run's folder and a folder of other files", async () => {
    await write(cohort, "damaged");
    const shards = await openShards(join(folder, "damaged"));
    const { png, shard } = shards.images[6]!;
    const bytes = await readFile(join(folder, "damaged", shard));
    bytes[png.offset + png.length - 30]! ^= 1;
    await writeFile(join(folder, "damaged", shard), bytes);
    await expect(readShardImage(shards, 6)).rejects.toMatchObject({ code: "corrupt-shard", message: expect.stringContaining("shard-000001.tar") });
    await expect(readShardImage(shards, 5)).resolves.toMatchObject({ rows: shards.images[5]!.rows, columns: shards.images[5]!.columns });
    await rm(join(folder, "damaged", shard));
    await expect(readShardImage(shards, 5)).rejects.toMatchObject({ code: "corrupt-shard" });

    await expect(write(cohort, "damaged", { read: { ...read, mmPerPixel: 2 } })).rejects.toMatchObject({ code: "other-run" });
    await expect(write({ ...cohort, sha256: "0" }, "damaged")).rejects.toMatchObject({ code: "other-run" });
    await writeFile(join(folder, "cohort", ".mine.part"), "not ours");
    await expect(write(cohort, "cohort")).rejects.toMatchObject({ code: "other-run" });
    expect(await readdir(join(folder, "cohort"))).toContain(".mine.part");
    await expect(openShards(join(folder, "cohort"))).rejects.toMatchObject({ code: "not-shards" });
    await expect(write(cohort, "none", { threads: 0 })).rejects.toThrow(RangeError);
    await expect(write(cohort, "none", { imagesPerShard: 1.5 })).rejects.toThrow(RangeError);
  });

  it("stops at a bad image by its number, or goes on and records it", async () => {
    const bad = await smallCohort(join(folder, "bad"), 13, [7]);
    const changed = { ...bad, images: bad.images.map((image, index) => (index === 11 ? { ...image, sha256: "0".repeat(64) } : image)) };
    await expect(write(changed, "bad-shards")).rejects.toMatchObject({
      name: "DicomError",
      message: expect.stringMatching(/^Image 8 of the cohort: (?!.*CANARY)/),
    });
    expect((await readdir(join(folder, "bad-shards"))).sort()).toEqual(["shard-000000.idx", "shard-000000.json", "shard-000000.tar", "shards.json"]);

    const skipping = await write(changed, "bad-shards", { onFailure: "skip" });
    expect(skipping.at(-1)).toEqual({ done: 13, total: 13, failures: 2, kept: 5 });
    expect(skipping.flatMap(({ failure }) => (failure ? [failure.image] : []))).toEqual([7, 11]);
    const shards = await openShards(join(folder, "bad-shards"));
    expect(shards.images.map(({ image }) => image)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12]);
    expect(shards.failures).toMatchObject([
      { image: 7, code: expect.stringMatching(/truncated|pixels-mismatch/) },
      { image: 11, code: "changed-file" },
    ]);
    expect((await readShardImage(shards, 7)).laterality).toBe("L"); // the eighth stored is image 8
    await expect(write(changed, "bad-shards")).rejects.toMatchObject({ code: expect.any(String), message: expect.stringContaining("Image 8 of") });
  });

  it("tries images again that took too long or were missing", async () => {
    const hasty = await write(cohort, "hasty", { onFailure: "skip", timeoutMilliseconds: 1 });
    expect(hasty.at(-1)!.failures).toBe(13);
    const gone = cohort.images.map((image, index) => (index === 2 ? { ...image, path: `${image.path}.gone` } : image));
    const partial = await write({ ...cohort, images: gone }, "hasty", { onFailure: "skip" });
    expect(partial.at(-1)).toEqual({ done: 13, total: 13, failures: 1, kept: 0 });
    const again = await write(cohort, "hasty", { onFailure: "skip" });
    expect(again.at(-1)).toEqual({ done: 13, total: 13, failures: 0, kept: 8 });
    expect(await content("hasty")).toEqual(await content("two"));
  });

  it("makes shards again whose record or index is damaged or lost", async () => {
    await write(cohort, "unindexed");
    const path = (name: string) => join(folder, "unindexed", name);
    for (const damage of [
      () => writeFile(path("shard-000000.json"), "{ CANARY"),
      () => writeFile(path("shard-000000.json"), "null"),
      () => writeFile(path("shard-000000.json"), '{"shard":"shard-000000.tar","samples":[{}],"failures":[]}'),
      () => writeFile(path("shard-000000.json"), `[${"{},".repeat(100_000)}{}]`),
      () => truncate(path("shard-000000.json"), 700 << 20),
      () => truncate(path("shard-000001.idx"), 20),
      () => truncate(path("shard-000001.idx"), 700 << 20),
      () => rm(path("shard-000002.idx")),
    ]) {
      await damage();
      await write(cohort, "unindexed");
      expect(await content("unindexed")).toEqual(await content("two"));
    }
  });

  it("tells a file that the disk refuses from one that is missing, and leaves no shard begun", async () => {
    const [image] = cohort.images;
    const code = (path: string): Promise<unknown> => makeSample({ image: { ...image!, path }, options: read }).catch((error) => error.code);
    expect(await code(join(folder, "none"))).toBe("missing-file");
    expect(await code(folder)).toBe("unreadable-file");
    await mkdir(join(folder, "begun"));
    await expect(shardFile(join(folder, "begun"), 0, { tooLarge: 1n } as never)).rejects.toThrow(TypeError);
    expect(await readdir(join(folder, "begun"))).toEqual([]);
  });

  it("leaves nothing aside when its consumer stops", async () => {
    for await (const { done } of writeShards(cohort, { directory: join(folder, "stopped"), imagesPerShard: 5, threads: 2, read }))
      if (done === 7) break;
    expect((await readdir(join(folder, "stopped"))).sort()).toEqual(["shard-000000.idx", "shard-000000.json", "shard-000000.tar", "shards.json"]);
  });

  it("ends in the same bytes after being killed at any moment", async () => {
    const count = 23;
    const child = (out: string): ChildProcess => {
      const script = fileURLToPath(new URL("./shardsChild.ts", import.meta.url));
      const tsx = fileURLToPath(import.meta.resolve("tsx"));
      const argv = ["--conditions=@mammo/source", "--import", tsx, script, join(folder, "killed-cohort"), join(folder, out), String(count)];
      return spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    };
    const run = (out: string, killAt?: number): Promise<number> =>
      new Promise((resolve) => {
        const process = child(out);
        let lines = 0;
        process.stdout!.on("data", (text: Buffer) => {
          lines += text.toString().split("\n").length - 1;
          if (killAt !== undefined && lines >= killAt) process.kill("SIGKILL");
        });
        process.on("close", (code) => resolve(code ?? -1));
      });
    expect(await run("unkilled")).toBe(0);
    // While the first shard is open, at the end of one, in the middle, and while the last files are written.
    for (const killAt of [1, 5, 13, count]) expect([-1, 0]).toContain(await run("killed", killAt));
    await appendFile(join(folder, "killed", ".shard-000009.tar.9b2f6c1e-53d7-4a0b-8c4e-1f2a3b4c5d6e.part"), "x");
    // Killed before there was a header: what lies aside is the run's own.
    await mkdir(join(folder, "early"));
    await writeFile(join(folder, "early", ".shards.json.9b2f6c1e-53d7-4a0b-8c4e-1f2a3b4c5d6e.part"), "{");
    expect(await run("early")).toBe(0);
    expect(await content("early")).toEqual(await content("unkilled"));
    expect(await run("killed")).toBe(0);
    expect(await content("killed")).toEqual(await content("unkilled"));
  }, 180_000); // six processes, each with a pool of threads
});
