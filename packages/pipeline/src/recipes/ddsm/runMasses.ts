// CaracNet on real masses: malignant against benign, each woman scored by a net that has not seen her.
import { join } from "node:path";
import { json } from "@mammo/files";
import { readJson, writeFileAtomically } from "@mammo/files/node";
import type { Cohort, LesionCrop } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { areaUnder, bootstrapRoc, pairedDifference } from "@mammo/metrics";
import { type CaracNet, caracNet, type LesionCrops } from "@mammo/models";
import { adam, decodeCheckpoint, type Loss, restoreWeights, sigmoidCrossEntropy, warmupCosine } from "@mammo/train";
import type { StageSummary } from "@mammo/train/node";
import { add, addN, dispose, mul, reverse, type Scalar, sub, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Interval, intervalOf } from "../../predict/evaluateTestSet.ts";
import type { Progress } from "../../progress.ts";
import type { Provenance } from "../../run/provenance.ts";
import { storeImages } from "../../store/imageStore.ts";
import { latestExams } from "../dream/cohorts.ts";
import { trackStages } from "../stages/trackStages.ts";
import { asTensors } from "../threads/asTensors.ts";
import { lesionTraits } from "./lesionTraits.ts";
import { batchOf, type FineSource, type Mass, type MassBatch, massesOf, plainMasses } from "./massBatches.ts";
import { type FoldOptions, foldCount, splitFold } from "./splitFold.ts";

/** A run of the recipe. */
export interface MassesRun extends Pick<FoldOptions, "foldOf"> {
  /** Of all that the run writes; to be opened with `openRunFolder`. */
  readonly folder: string;
  /** Where the standard images are kept. */
  readonly shards: string;
  readonly crops: readonly LesionCrop[];
  /** Factor on every channel count. */
  readonly width: number;
  readonly steps: number;
  readonly provenance: Provenance;
  /** Which folds to train. Default all. */
  readonly folds?: readonly number[];
  /** `performance.now()` when the run began. Default: now. */
  readonly begun?: number;
}

/** A mass out of fold: malignancy logits by where the fine crop came from. */
export interface ScoredMass extends Readonly<Record<FineSource, number>> {
  readonly id: string;
  readonly patientId: string;
  readonly malignant: boolean;
}

/** summary.json. */
export interface MassesSummary {
  readonly folds: readonly number[];
  readonly masses: number;
  readonly malignant: number;
  readonly women: number;
  /** AUROC out of fold, intervals by woman. */
  readonly standard: Interval;
  readonly film: Interval;
  /** Of the mean of both logits. */
  readonly both: Interval;
  /** Film less standard, paired. */
  readonly filmOverStandard: Interval;
  readonly stages: readonly StageSummary[];
  readonly width: number;
  readonly steps: number;
  readonly provenance: Provenance;
  readonly seconds: number;
}

const batch = 16;
const sources = ["standard", "film"] as const satisfies readonly FineSource[];

/** Malignancy, and what readers wrote of the mass: more to learn from each than one bit. What is not known is a constant, without gradient. */
const massLoss: Loss<CaracNet, MassBatch> = (model, { labels, traits, known, ...lesions }, mode) => {
  const { malignancy, kind } = model.apply(lesions, mode);
  const answers = add(mul(traits, known), mul(sub(1, known), 0.5));
  return add<Scalar>(sigmoidCrossEntropy(labels, malignancy), sigmoidCrossEntropy(answers, mul(kind, known)));
};

/**
 * Trains a CaracNet for each fold and each source of the fine crop, from random weights, on masses that have both a film and a crop at film resolution, and scores those of the fold's women, as they are and turned; writes
 * summary.json and masses.json. Validation women of the folds are left out of both: nothing is chosen. Ended at any moment and called again with the same arguments, it goes on to the same bytes. Ours.
 *
 * @throws PipelineError as `storeImages` and `splitFold`; TrainError as `trainStage` of @mammo/train; RangeError where no mass has a crop.
 */
export async function* runMasses(cohort: Cohort, run: MassesRun): AsyncGenerator<Progress, MassesSummary> {
  requireKnownKeys("runMasses", run, {
    ...{ folder: true, shards: true, crops: true, width: true, steps: true, provenance: true, folds: true, foldOf: true, begun: true },
  });
  const {
    folder,
    shards,
    crops,
    width,
    steps,
    provenance,
    foldOf,
    folds = Array.from({ length: foldCount }, (_, fold) => fold),
    begun = performance.now(),
  } = run;
  const { seed } = provenance;
  const views = yield* storeImages(latestExams(cohort), { folder: shards, cacheBytes: 3 * 2 ** 30 });
  const stages: StageSummary[] = [];
  const scored: ScoredMass[] = [];
  for (const fold of folds) {
    const { train, validation, test } = splitFold(views, { fold, foldOf, validation: 0.02, seed });
    const own = massesOf([...train, ...validation], crops);
    const unseen = massesOf(test, crops);
    if (own.length === 0 || unseen.length === 0) throw new RangeError("Expected masses with crops at film resolution, got none");
    const logits = {} as Record<FineSource, readonly number[]>;
    for (const fine of sources) {
      const path = join(folder, `fold-${fold}-${fine}.json`);
      const kept = (await readJson(path)) as { readonly logits: readonly number[]; readonly stage: StageSummary } | undefined;
      if (kept) {
        logits[fine] = kept.logits;
        stages.push(kept.stage);
        continue;
      }
      const model = caracNet({ width, seed, classes: lesionTraits });
      try {
        const name = `fold-${fold}-${fine}`;
        const transform = adam({ learningRate: warmupCosine({ peak: 1e-3, warmup: 0.05 * steps, total: steps }), weightDecay: 1e-3, clipNorm: 5 });
        const draw = asTensors<MassBatch>(plainMasses(own, { fine, seed, size: batch }));
        const stage = { name, steps, loss: massLoss, transform, batch: draw, ema: { decay: 0.995 } };
        const notes = { cohort: cohort.sha256, seed: String(seed) };
        const ended = yield* trackStages<object>({ folder, notes, saveEvery: 100 }, stages)(model, stage, async () => ({}));
        const { weights, ema } = decodeCheckpoint(ended);
        restoreWeights(model, ema ?? weights);
        const found: number[] = [];
        for (let from = 0; from < unseen.length; from += batch) {
          for (const logit of await malignancyOf(model, unseen.slice(from, from + batch), fine)) found.push(logit);
          yield { phase: `${name}, test`, done: Math.min(from + batch, unseen.length), total: unseen.length };
        }
        logits[fine] = found;
        await writeFileAtomically(path, json({ logits: found, stage: stages.at(-1) }));
      } finally {
        model.dispose();
      }
    }
    for (const [at, { id, view, lesion }] of unseen.entries())
      scored.push({ id, patientId: view.patientId, malignant: lesion.malignant, standard: logits.standard[at]!, film: logits.film[at]! });
  }
  await writeFileAtomically(join(folder, "masses.json"), json(scored));
  const summary = { ...summarizeMasses(scored, { seed }), folds, stages, width, steps, provenance, seconds: (performance.now() - begun) / 1000 };
  await writeFileAtomically(join(folder, "summary.json"), json(summary));
  return summary;
}

/** AUROCs out of fold with intervals by woman, and the paired difference of the two sources. */
export function summarizeMasses(
  scored: readonly ScoredMass[],
  { seed }: { readonly seed: number },
): Pick<MassesSummary, "masses" | "malignant" | "women" | "standard" | "film" | "both" | "filmOverStandard"> {
  const labels = scored.map(({ malignant }) => (malignant ? 1 : 0));
  const clusters = scored.map(({ patientId }) => patientId);
  const areaOf = (scoreOf: (mass: ScoredMass) => number) =>
    bootstrapRoc({ labels, scores: scored.map(scoreOf), clusters }, { area: areaUnder }, { seed }).area;
  const [standard, film, both] = [areaOf((mass) => mass.standard), areaOf((mass) => mass.film), areaOf((mass) => mass.standard + mass.film)];
  return {
    masses: scored.length,
    malignant: labels.filter((label) => label === 1).length,
    women: new Set(clusters).size,
    ...{ standard: intervalOf(standard), film: intervalOf(film), both: intervalOf(both) },
    filmOverStandard: intervalOf(pairedDifference(film, standard)),
  };
}

/** Mean logits of malignancy over the four flips of each mass. */
async function malignancyOf(model: CaracNet, masses: readonly Mass[], fine: FineSource): Promise<number[]> {
  const batch = asTensors<MassBatch>(() => batchOf(masses, fine));
  const { fine: close, context, geometry, labels, traits, known } = await batch(0);
  const mean = tidy(() => {
    const flipped = [[], [1], [2], [1, 2]].map((axes) => {
      const turn = <T extends Tensor>(images: T): T => (axes.length > 0 ? (reverse(images, axes) as T) : images);
      return model.apply({ fine: turn(close), context: turn(context), geometry } satisfies LesionCrops).malignancy;
    });
    return mul(addN(flipped), 1 / flipped.length);
  });
  const values = Array.from(await mean.data());
  dispose([close, context, geometry, labels, traits, known, mean]);
  return values;
}
