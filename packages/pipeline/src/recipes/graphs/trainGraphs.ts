// All graphs that are asked for, from one detector.
import { detectorNet } from "@mammo/models";
import type { StageSummary } from "@mammo/train/node";
import type { Progress } from "../../progress.ts";
import type { GraphsConfig } from "./graphsConfig.ts";
import { type GraphTraining, graphTrainers, type TrainableGraphs } from "./graphTrainers.ts";

/** The graphs that can be asked for; a graph's twin comes with it. */
export const graphNames = ["retinaNet", "caracNet", "dreamNet"] as const;

/** One of them. */
export type GraphName = (typeof graphNames)[number];

const twins = {
  retinaNet: ["retinaNet"],
  caracNet: ["caracNet", "caracNetSymmetry"],
  dreamNet: ["dreamNet", "dreamNetSymmetry"],
} as const satisfies Record<GraphName, readonly (keyof TrainableGraphs)[]>;

/** What the graphs learn from, and where they keep their checkpoints. */
export interface GraphLessons extends GraphTraining {
  readonly stages: GraphsConfig["stages"];
  /** Which graphs to train. */
  readonly graphs: readonly GraphName[];
}

/** The trained graphs that were asked for, in inference, and how their stages went. */
export interface TrainedGraphs extends Partial<TrainableGraphs> {
  readonly stages: readonly StageSummary[];
}

/**
 * Trains the graphs that are asked for, or goes on where an earlier run of the same folder was ended, to the same weights: first a detector on patches, then each from its weights. The
 * caller disposes of them. Yields after each step.
 */
export async function* trainGraphs(run: GraphLessons): AsyncGenerator<Progress, TrainedGraphs> {
  const stages: StageSummary[] = [];
  const { trainDetector, ...trainers } = graphTrainers(run, stages);
  const detector = detectorNet({ width: run.width, seed: run.seed });
  const found: Partial<Record<keyof TrainableGraphs, TrainableGraphs[keyof TrainableGraphs]>> = {};
  let isDone = false;
  try {
    yield* trainDetector(detector);
    for (const name of graphNames) if (run.graphs.includes(name)) for (const twin of twins[name]) found[twin] = yield* trainers[twin](detector);
    isDone = true;
    return { ...(found as Partial<TrainableGraphs>), stages };
  } finally {
    detector.dispose();
    // Whoever stops early leaves no model behind.
    if (!isDone) for (const model of Object.values(found)) model.dispose();
  }
}
