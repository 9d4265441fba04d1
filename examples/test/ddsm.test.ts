import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeCheckpoint } from "@mammo/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";

/** Cut to seconds: too few women and steps to learn from, every step real. */
const tiny = ["--cohort", "phantom", "--women", "24", "--effort", "0.0003", "--width", "0.03125", "--seed", "5", "--fold", "1"];

let folder = "";
const at = (...names: string[]) => join(folder, ...names);
const ddsm = (...more: string[]) => run("ddsm", [...tiny, "--out", at("out"), ...more]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-ddsm-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm run ddsm", () => {
  it("killed in each stage, goes on to a fold with predictions, a bundle and a summary", { timeout: 600_000 }, async () => {
    // MAMMO_LONG=1: in every one of them; each start costs seconds.
    for (const phase of process.env["MAMMO_LONG"] === "1" ? ["standardize", "S1 ", "S2-1", "validation"] : ["S1 "]) {
      const { status } = await run("ddsm", [...tiny, "--out", at("out"), "--resume"], (child) => {
        child.stderr!.on("data", (text) => String(text).includes(phase) && child.kill("SIGKILL"));
      });
      expect(status, `status after a kill at "${phase}"`).toBeNull();
    }
    const { status, stdout, stderr } = await ddsm("--resume");
    expect(stderr.split("\n").filter((line) => line.startsWith("error"))).toEqual([]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/estimate.*min of patches/);
    for (const word of ["S1", "S2-4", "plain maximum", "handed on: ", "films", "breasts"]) expect(stdout).toContain(word);

    const summary = JSON.parse(await readFile(at("out", "fold-1", "summary.json"), "utf8"));
    expect(summary.stages.map(({ stage }: { stage: string }) => stage)).toEqual(["S1", "S2-1", "S2-2", "S2-3", "S2-4"]);
    expect(summary.stages[0].detector.patches).toBeGreaterThan(0);
    const bundle = JSON.parse(await readFile(at("out", "fold-1", "bundle", "bundle.json"), "utf8"));
    expect(bundle.members[0].options.heatmap).toBe("softmax");
    const [head, ...rows] = (await readFile(at("out", "fold-1", "predictions_images.tsv"), "utf8")).trim().split("\n");
    expect(head).toBe("image\tpatient\tlaterality\tview\tcancer\tlogit\tconfidence");
    expect(rows).toHaveLength(summary.films.breasts);
    for (const row of rows) expect(row).toMatch(/^[0-9a-f]{16}\t[0-9a-f]{16}\t[LR]\t/);
  });

  it("mines hard negatives after the steps that were asked for; threads that cut patches change nothing", { timeout: 600_000 }, async () => {
    const { status } = await run("ddsm", [...tiny, "--out", at("mined"), "--mine-every", "3", "--patch-threads", "1"]);
    expect(status).toBe(0);
    const S1 = async (out: string) => decodeCheckpoint(await readFile(at(out, "fold-1", "checkpoints", "S1.safetensors")));
    const [plain, mined] = [await S1("out"), await S1("mined")];
    expect(plain.mined).toBeUndefined();
    expect(mined.mined!.length).toBeGreaterThan(0);
    const [without, withMined] = [plain, mined].map(({ notes }) => JSON.parse(notes["losses"]!) as number[][]) as [number[][], number[][]];
    expect(withMined.slice(0, 3)).toEqual(without.slice(0, 3));
    expect(withMined[3]).not.toEqual(without[3]);
    expect(JSON.parse(await readFile(at("mined", "fold-1", "summary.json"), "utf8")).config.mined).toEqual({ every: 3, most: 400, share: 0.5 });
  });

  it("refuses to write over a fold, and a list of folds that lacks a woman", { timeout: 120_000 }, async () => {
    const again = await ddsm();
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining("--resume")]);
    const lacking = await run("ddsm", [...tiny, "--out", at("out"), "--resume", "--folds", "examples/ddsm/folds-cbis.tsv"]);
    expect([lacking.status, lacking.stderr]).toEqual([1, expect.stringMatching(/error \[table\]: Expected the list of folds/)]);
  });
});
