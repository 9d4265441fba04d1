import { join } from "node:path";
import { json } from "@mammo/files";
import { readJson, sha256, writeFileAtomically } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Progress } from "../../progress.ts";
import type { Provenance } from "../../run/provenance.ts";
import { type StoredView, storeImages } from "../../store/imageStore.ts";
import { latestExams, phantomCohort } from "../dream/cohorts.ts";
import { shuffleLabels } from "../dream/sanity.ts";
import { splitViews } from "../dream/splitViews.ts";
import { type GraphsConfig, graphStages, manyLesions, onlyAsymmetries } from "./graphsConfig.ts";
import { graphsPage } from "./graphsPage.ts";
import type { GraphsSummary, SymmetrySummary } from "./graphsSummary.ts";
import { byExam, frocSummary, type MarkedView, markViews, pairedAreas, scoreBreasts, scoreLesions } from "./testGraphs.ts";
import { type GraphLessons, type TrainedGraphs, trainGraphs } from "./trainGraphs.ts";

/** A run of the recipe. */
export interface GraphsRun extends Pick<GraphLessons, "graphs" | "batchThreads" | "diagnose"> {
  /** Of all that the run writes; to be opened with `openRunFolder`. */
  readonly folder: string;
  readonly config: GraphsConfig;
  /** Factor on every channel count. */
  readonly width: number;
  readonly provenance: Omit<Provenance, "inputs">;
  /** Train on lesions and labels of other breasts, from which nothing about unseen women can be learned. Default false. */
  readonly sanity?: boolean;
  /** Called with the hash of both cohorts, before anything is trained. */
  readonly recordCohort: (sha256: string) => Promise<void>;
  /** `performance.now()` when the run began. Default: now. */
  readonly begun?: number;
}

/**
 * Trains RetinaNet, CaracNet, CaracNetSymmetry, DreamNet and DreamNetSymmetry on phantoms, and tests them on women whom none has seen; writes summary.json and report.html. Ended at any
 * moment and called again with the same arguments, it goes on to the same weights; what it found of other graphs before is kept. Ours.
 *
 * @throws PipelineError as `storeImages` and `splitViews`; TrainError as `trainStage` of @mammo/train.
 */
export async function* runGraphs(options: GraphsRun): AsyncGenerator<Progress, GraphsSummary> {
  requireKnownKeys("runGraphs", options, {
    folder: true,
    config: true,
    width: true,
    provenance: true,
    sanity: true,
    recordCohort: true,
    begun: true,
    graphs: true,
    batchThreads: true,
    diagnose: true,
  });
  const {
    folder,
    config,
    width,
    provenance: origin,
    graphs,
    batchThreads = 0,
    diagnose = false,
    sanity = false,
    recordCohort,
    begun = performance.now(),
  } = options;
  const { seed } = origin;
  const many = yield* phantomCohort(join(folder, "cohort", "many"), { ...manyLesions, women: config.women, seed });
  // Another seed: no woman of the second cohort is one of the first.
  const rare = yield* phantomCohort(join(folder, "cohort", "asymmetries"), {
    ...onlyAsymmetries,
    women: config.asymmetryWomen,
    seed: seed + 1_000_003,
    phase: "asymmetries",
  });
  const cohort = sha256(`${many.sha256} ${rare.sha256}`);
  await recordCohort(cohort);
  const { train, test } = splitViews(
    yield* storeImages(latestExams(many), { folder: join(folder, "shards", "many"), cacheBytes }),
    { train: 0.8, validation: 0, test: 0.2 },
    seed,
  );
  const asymmetries = yield* storeImages(latestExams(rare), { folder: join(folder, "shards", "asymmetries"), phase: "standardize asymmetries" });
  const notes = { cohort, seed: String(seed) };
  const trained = yield* trainGraphs({
    folder,
    notes,
    train: sanity ? shuffleLabels(train, seed) : train,
    seed,
    width,
    stages: config.stages,
    graphs,
    batchThreads,
    diagnose,
    saveEvery: 100,
  });
  try {
    const { marked, ...found } = yield* testGraphs(trained, { test, asymmetries, seed });
    const provenance = { ...origin, inputs: { cohort } };
    const seconds = (performance.now() - begun) / 1000;
    const kept = await keptResults(folder, cohort);
    const all = [...trained.stages, ...(kept.stages ?? [])];
    const stages = graphStages.flatMap((name) => all.find(({ stage }) => stage === name) ?? []);
    const summary = { config, width, standardization: standardizationVersion, provenance, ...kept, ...found, stages, seconds };
    await writeFileAtomically(join(folder, "report.html"), await graphsPage(summary, marked));
    await writeFileAtomically(join(folder, "summary.json"), json(summary));
    return summary;
  } finally {
    for (const model of [trained.retinaNet, trained.caracNet, trained.caracNetSymmetry, trained.dreamNet, trained.dreamNetSymmetry]) model?.dispose();
  }
}

/** Some 1,600 views of 1200 x 800: those of 384 women, who train by default. */
const cacheBytes = 3 * 2 ** 30;

/** What an earlier run of the folder has found of other graphs on the same cohorts. */
async function keptResults(folder: string, cohort: string): Promise<Partial<Pick<GraphsSummary, "stages" | "retinaNet" | "caracNet" | "dreamNet">>> {
  const { provenance, stages, retinaNet, caracNet, dreamNet } = ((await readJson(join(folder, "summary.json"))) ?? {}) as Partial<GraphsSummary>;
  if (provenance?.inputs?.["cohort"] !== cohort || !Array.isArray(stages)) return {};
  return { stages, ...(retinaNet ? { retinaNet } : {}), ...(caracNet ? { caracNet } : {}), ...(dreamNet ? { dreamNet } : {}) };
}

interface UnseenViews {
  readonly test: readonly StoredView[];
  readonly asymmetries: readonly StoredView[];
  readonly seed: number;
}

async function* testGraphs(
  { retinaNet, caracNet, caracNetSymmetry, dreamNet, dreamNetSymmetry }: TrainedGraphs,
  { test, asymmetries, seed }: UnseenViews,
): AsyncGenerator<Progress, Pick<GraphsSummary, "retinaNet" | "caracNet" | "dreamNet"> & { readonly marked: readonly MarkedView[] }> {
  const marked = retinaNet ? yield* markViews(retinaNet, test) : [];
  const lesions = caracNet && caracNetSymmetry;
  const breasts = dreamNet && dreamNetSymmetry;
  const summarize = ([all, rare]: readonly (readonly Parameters<typeof byExam>[0][number][])[]): SymmetrySummary => ({
    all: pairedAreas(all!, { seed }),
    asymmetries: pairedAreas(rare!, { seed }),
    asymmetryExams: pairedAreas(byExam(rare!), { seed }),
  });
  const carac = lesions && [
    yield* scoreLesions({ caracNet, caracNetSymmetry }, test, { phase: "caracNet, test" }),
    yield* scoreLesions({ caracNet, caracNetSymmetry }, asymmetries, { phase: "caracNet, asymmetries" }),
  ];
  const dream = breasts && [
    yield* scoreBreasts({ dreamNet, dreamNetSymmetry }, test, { phase: "dreamNet, test" }),
    yield* scoreBreasts({ dreamNet, dreamNetSymmetry }, asymmetries, { phase: "dreamNet, asymmetries" }),
  ];
  return {
    marked,
    ...(retinaNet ? { retinaNet: frocSummary(marked, { seed }) } : {}),
    ...(carac ? { caracNet: summarize(carac) } : {}),
    ...(dream ? { dreamNet: summarize(dream) } : {}),
  };
}
