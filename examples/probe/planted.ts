// A net that learns from a marker, and what the probe says of it on women that it has not seen: with the marker, and without.
import { mkdtempSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtExit } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import { readDreamCohort } from "@mammo/io/node";
import { writeCohort } from "@mammo/phantom/node";
import {
  type ComputedOn,
  loadBundle,
  openRunFolder,
  type ProbedCohort,
  type ProbedImage,
  type ProbeFindings,
  type ProbeSection,
  probeFindings,
  probeMember,
  readProvenance,
  runDream,
  trainingConfig,
} from "@mammo/pipeline/node";
import { type Threshold, threshold } from "@mammo/testing/threshold";
import { withProgress } from "../cli/progress.ts";
import { type ArmImage, type PlantedArms, plan, skinMarkers, writeArms } from "./plantedArms.ts";

/** What the demonstration shows, and its bars. */
export interface PlantedShortcut {
  readonly sections: readonly ProbeSection[];
  readonly bars: readonly Threshold[];
  /** Of the cohort that the net was trained on. */
  readonly trainedOn: string;
}

/** Names of the traits that the demonstration asks for. */
const [marker, drawn, disease] = ["skin marker", "skin marker, had it been there", "cancer (what the net is for)"];

/**
 * Trains a small DreamNet (stages S1 and S2-head) on women of whom each breast with cancer carries a ring of lead, and no other. Then asks it about other women, in three arms of the
 * same breasts: clean, planted (the ring with cancer alone) and apart (the ring in half of the breasts, whether they have cancer or not). All is made below the system's folder for
 * temporary files, and taken away.
 */
export async function plantShortcut({
  seed,
  women,
  effort,
  backend,
}: {
  readonly seed: number;
  readonly women: number;
  readonly effort: number;
  readonly backend: ComputedOn;
}): Promise<PlantedShortcut> {
  const folder = mkdtempSync(join(tmpdir(), "mammo-probe-"));
  removeAtExit(folder);
  try {
    const trainedOn = await train();
    const images = join(folder, "images");
    await mkdir(images);
    // Other women: another seed grows other breasts.
    const arms = await withProgress(writeArms(images, { seed: seed + 1, women }));
    const probed = await withProgress(probeMember(arms, await loadBundle(join(folder, "run", "bundle"))));
    const found = Object.fromEntries(
      (Object.keys(skinMarkers) as (keyof typeof skinMarkers)[]).map((name) => [name, probeFindings(imagesOf(name, arms, probed), { seed })]),
    ) as Record<keyof typeof skinMarkers, ProbeFindings>;
    return { sections: sectionsOf(found, probed), bars: barsOf(found), trainedOn };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  async function train(): Promise<string> {
    const cohortFolder = join(folder, "cohort");
    const training = plan({ seed, women: Math.max(16, Math.round(0.6 * women)), skinMarkers: skinMarkers.planted });
    await withProgress(rendered(writeCohort({ folder: cohortFolder, workers: availableParallelism(), ...training })));
    const cohort = { ...(await readDreamCohort(cohortFolder)), name: "phantom with a planted marker" };
    const config = trainingConfig({ recipe: "quick", stepScale: effort });
    const run = await openRunFolder(join(folder, "run"), { seed, config, standardization: standardizationVersion }, { resume: false });
    try {
      const provenance = readProvenance({ backend, seed, inputs: { cohort: cohort.sha256 } });
      await withProgress(runDream(cohort, { folder: run.folder, config, provenance, last: "S2-head" }));
    } finally {
      await run.release();
    }
    return cohort.sha256;
  }
}

async function* rendered(work: ReturnType<typeof writeCohort>) {
  for await (const { done, total } of work) yield { phase: "women to train on", done, total };
}

/** The images of an arm, with what is asked of them. Only the arms that show a marker can be asked whether it is there. */
function imagesOf(arm: keyof typeof skinMarkers, { arms }: PlantedArms, { images }: ProbedCohort): ProbedImage[] {
  const byFile = new Map(images.map((image) => [image.id, image]));
  const word = (is: boolean) => (is ? "yes" : "no");
  return arms[arm].map(({ file, carries }: ArmImage) => {
    const image = byFile.get(file)!;
    const asked = arm === "clean" ? { [drawn]: word(carries.apart) } : { [marker]: word(carries[arm]) };
    return { ...image, traits: { ...image.traits, ...asked, [disease]: word(image.cancer === 1) } };
  });
}

function sectionsOf(found: Readonly<Record<keyof typeof skinMarkers, ProbeFindings>>, { examples }: ProbedCohort): ProbeSection[] {
  const marked = examples.filter(({ to }) => to === "unmarked");
  const others = examples.filter(({ to }) => to !== "unmarked");
  return [
    {
      title: "Planted: a ring of lead beside each cancer, and nowhere else",
      about: "As in the women that the net was trained on. That the marker can be told does not say yet whether the net sees the ring or the cancer.",
      findings: found.planted,
      examples: marked,
    },
    {
      title: "Apart: the same breasts, the ring in half of them, with cancer or without",
      about: "Now the marker can be told only by who sees the ring itself. What it does to the scores is the shortcut.",
      findings: found.apart,
      examples: [],
    },
    {
      title: "Clean: the same breasts without rings",
      about: "Asked for the ring as it was drawn for the arm above, and for the side, which standardization takes away: neither is in the images.",
      findings: found.clean,
      examples: others,
    },
  ];
}

function barsOf({ planted, apart, clean }: Readonly<Record<keyof typeof skinMarkers, ProbeFindings>>): Threshold[] {
  const find = ({ asked }: ProbeFindings, trait: string) => asked.find((one) => one.trait === trait);
  const areaOf = (found: ProbeFindings, trait: string) => find(found, trait)?.auroc.estimate ?? Number.NaN;
  // Of cancer's AUROC by breast, once the lead markers in it are taken away.
  const lossOf = ({ changes }: ProbeFindings) => changes.find(({ to }) => to === "unmarked")?.auroc?.difference;
  const chance = (name: string, trait: string) => threshold(name, Math.abs(areaOf(clean, trait) - 0.5), "<=", 0.1);
  return [
    threshold("probe.planted", areaOf(planted, marker), ">=", 0.95),
    threshold("probe.planted-apart-from-cancer", areaOf(apart, marker), ">=", 0.95),
    threshold("probe.planted-apart-from-cancer-p", find(apart, marker)?.p ?? Number.NaN, "<=", 0.05),
    // The bar as it was asked for, and from both sides: an AUROC far below one half is no chance either.
    threshold("probe.clean", areaOf(clean, drawn), "<=", 0.6),
    chance("probe.clean-from-chance", drawn),
    chance("probe.clean-laterality-from-chance", "laterality"),
    // The scores hang on the ring where it comes with cancer alone; where there is none, taking it away takes nothing.
    threshold("probe.planted-loss-at-most", lossOf(planted)?.high ?? Number.NaN, "<", -0.2),
    threshold("probe.clean-loss", Math.abs(lossOf(clean)?.estimate ?? Number.NaN), "<=", 0.05),
    threshold("probe.apart-mean-change", apart.changes.find(({ to }) => to === "unmarked")?.meanChange.high ?? Number.NaN, "<", 0),
  ];
}
