import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDreamCohort } from "@mammo/io/node";
import { openShards } from "@mammo/io/shards";
import { writeCohort } from "@mammo/phantom/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";

describe("npm run shard", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mammo-shard-"));
    for await (const _ of writeCohort({ folder: join(folder, "cohort"), women: 1 }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("stores a cohort, stops at a bad image, and goes on with --skip", async () => {
    const cohort = join(folder, "cohort");
    const { images } = await readDreamCohort(cohort);
    const whole = await run("shard", [cohort, "--out", join(folder, "whole"), "--mm-per-pixel", "1"]);
    expect(whole).toMatchObject({ status: 0, stdout: expect.stringContaining(`${images.length} of ${images.length} images stored in 1 shards`) });

    await truncate(images[1]!.path, 2000);
    const stopped = await run("shard", [cohort, "--out", join(folder, "bad"), "--mm-per-pixel", "1"]);
    expect(stopped.status).toBe(1);
    expect(stopped.stderr).toMatch(/error \[[a-z-]+\]: Image 2 of the cohort: /);
    const skipped = await run("shard", [cohort, "--out", join(folder, "bad"), "--mm-per-pixel", "1", "--skip"]);
    expect(skipped).toMatchObject({ status: 0, stdout: expect.stringMatching(/not read: image 2: [a-z-]+\n/) });
    const shards = await openShards(join(folder, "bad"));
    expect([shards.images.length, shards.failures.length]).toEqual([images.length - 1, 1]);
    expect((await readdir(join(folder, "bad"))).filter((name) => name.startsWith("."))).toEqual([]);
  }, 180_000);
});
