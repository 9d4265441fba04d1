import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { cohortReaders } from "../src/node.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** A folder of these files; no images lie in them, and none is opened. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mammo-cohort-time-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** Of this process; the disk's time is not the reader's. */
async function userSeconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  return process.cpuUsage(start).user / 1e6;
}

const count = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

describe("cohorts take linear time", () => {
  it("mini-MIAS: 20,000 lesions of one image", { timeout: 60_000 }, async () => {
    const rows = count(20_000, (k) => `mdb001\tCIRC\tB\t${k}\t5\t5`);
    const folder = await folderOf({ "labels.tsv": `image\tclass\tseverity\tx\ty_from_bottom\tradius_px\n${rows.join("\n")}\n`, "mdb001.pgm": "" });
    const took = await userSeconds(async () => expect((await cohortReaders.mias(folder)).images[0]!.lesions).toHaveLength(20_000));
    expect(took).toBeLessThan(3);
  });

  it("INbreast: 10,000 rows and files, the last one absent", { timeout: 60_000 }, async () => {
    const rows = count(10_000, (k) => `L;CC;201001;${k + 1};2`);
    const files = count(9999, (k) => [`AllDICOMs/${k + 1}_${(k + 1).toString(16)}_MG_L_CC_ANON.dcm`, ""] as const);
    const folder = await folderOf({
      "INbreast.csv": `Laterality;View;Acquisition date;File Name;Bi-Rads\n${rows.join("\n")}\n`,
      ...Object.fromEntries(files),
    });
    const took = await userSeconds(() => expect(cohortReaders.inbreast(folder)).rejects.toMatchObject({ code: "missing-file" }));
    expect(took).toBeLessThan(1.5);
  });

  it("CBIS-DDSM: 10,000 abnormalities of one film", { timeout: 60_000 }, async () => {
    const heads = "patient_id,left or right breast,image view,abnormality id,abnormality type,pathology,image file path";
    const rows = count(10_000, (k) => `P_1,LEFT,CC,${k},mass,BENIGN,F_P_1_LEFT_CC/a.dcm`);
    const folder = await folderOf({ "mass_case_description_train_set.csv": `${heads}\n${rows.join("\n")}\n`, "F_P_1_LEFT_CC.dcm": "" });
    const took = await userSeconds(async () => expect(Object.keys((await cohortReaders.cbis(folder)).exams[0]!.metadata)).toHaveLength(10_000));
    expect(took).toBeLessThan(3);
  });

  it("films of CBIS-DDSM: 20,000 lesions of one film", { timeout: 60_000 }, async () => {
    const heads = "split\timage\tlesion\tpatient\tside\tview\tx800\ty800\tw800\th800\tpathology\torig_width\torig_height";
    const rows = count(20_000, (k) => `train\ta.png\t${k}\tP_1\tLEFT\tCC\t1\t1\t5\t5\tBENIGN\t4000\t4000`);
    const folder = await folderOf({ "labels.tsv": `${heads}\n${rows.join("\n")}\n`, "train/a.png": "" });
    const took = await userSeconds(async () => expect((await cohortReaders.cbis(folder)).images[0]!.lesions).toHaveLength(20_000));
    expect(took).toBeLessThan(4);
  });
});
