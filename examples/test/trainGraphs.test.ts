import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";

/** Cut to seconds: too few women and steps to learn from, every step real. */
const tiny = ["--women", "16", "--effort", "0.002", "--width", "0.03125", "--seed", "3"];

let folder = "";
const graphs = (...more: string[]) => run("train-graphs", [...tiny, "--out", join(folder, "out"), ...more]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-graphs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm run train-graphs", () => {
  it("killed while a graph trains, goes on to tables, a page and a summary; another graph of the same run can follow", {
    timeout: 600_000,
  }, async () => {
    const killed = await run("train-graphs", [...tiny, "--graph", "retinaNet", "--out", join(folder, "out")], (child) => {
      child.stderr!.on("data", (text) => String(text).includes("detectorNet") && child.kill("SIGKILL"));
    });
    expect(killed.status).toBeNull();
    const { status, stdout, stderr } = await graphs("--graph", "retinaNet", "--resume");
    expect(stderr.split("\n").filter((line) => line.startsWith("error"))).toEqual([]);
    expect(status).toBe(0);
    for (const word of ["RetinaNet: ", "at 0.5 false marks an image", "at 0.5 over all kinds"]) expect(stdout).toContain(word);
    const summaryOf = async () => JSON.parse(await readFile(join(folder, "out", "summary.json"), "utf8"));
    expect((await summaryOf()).stages.map(({ stage }: { stage: string }) => stage)).toEqual(["detectorNet", "retinaNet"]);
    expect(await readFile(join(folder, "out", "report.html"), "utf8")).toContain("Lesions found");

    const other = await graphs("--graph", "caracNet", "--resume", "--batch-threads", "1");
    expect(other.status).toBe(0);
    expect(other.stdout).toContain("CaracNetSymmetry");
    const { stages, caracNet, retinaNet } = await summaryOf();
    expect(stages.map(({ stage }: { stage: string }) => stage)).toEqual(["detectorNet", "retinaNet", "caracNet", "caracNetSymmetry"]);
    expect([retinaNet.sensitivity.length, other.stdout.includes("RetinaNet: ")]).toEqual([4, true]); // what was found before is kept
    expect(caracNet.asymmetryExams.cases).toBeGreaterThan(2);
  });

  it("refuses to write over a run", { timeout: 120_000 }, async () => {
    const again = await graphs();
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining("--resume")]);
  });
});
