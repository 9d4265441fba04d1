// Where the graphs of --runner run: TensorFlow.js, or onnxruntime-node where it is installed.
import { availableParallelism } from "node:os";
import { onnxRunner } from "@mammo/models/export";
import { type MemberRunnerOptions, PipelineError, type RunnerKind, tfjsKind } from "@mammo/pipeline";
import type { Option } from "./program.ts";

/** So few are read before threads have started, and scored before a trial is over. */
export const fewImages = 16;

/** The option of programs that score. */
export const runnerOption = {
  kind: "text",
  choices: ["auto", "tfjs", "onnxruntime"],
  default: "auto",
  help: `what computes the nets; auto: onnxruntime where onnxruntime-node is installed and a trial of a second finds it a tenth faster, tfjs for up to ${fewImages} images`,
} as const satisfies Option;

/** Where graphs run, and what was found. */
export interface Running {
  /** For scoreCohort and predictCohort. */
  readonly options: Required<MemberRunnerOptions>;
  /** A backend of TensorFlow.js in words, and what computes the nets in its place. */
  readonly computedOn: (backend: string) => string;
}

/**
 * What --runner asks for, for so many images; a trial is told on stderr.
 *
 * @throws PipelineError `missing-module` where onnxruntime is asked for and cannot be loaded.
 */
export async function runnersOf(name: string, images: number): Promise<Running> {
  const asked = name === "auto" && images <= fewImages ? "tfjs" : name;
  const onnx = asked === "tfjs" ? undefined : await onnxruntime();
  if (asked === "onnxruntime" && !onnx)
    throw new PipelineError("missing-module", "Expected onnxruntime-node for --runner onnxruntime, got none: npm install onnxruntime-node");
  const runners = asked === "onnxruntime" ? [onnx!] : [tfjsKind, ...(onnx ? [onnx] : [])];
  let chosen = runners[0]!;
  return {
    options: {
      runners,
      onTrial(trial) {
        chosen = trial.chosen;
        const times = Object.entries(trial.milliseconds).map(([kind, time]) => `${kind} ${Math.round(time)} ms an exam`);
        process.stderr.write(`runner: ${chosen.name} (${times.join(", ")})\n`);
      },
    },
    computedOn: (backend) => (chosen === tfjsKind ? backend : `${chosen.name}; graphs written by ${backend}`),
  };
}

/** Undefined where it is not installed, or not for this machine. */
async function onnxruntime(): Promise<RunnerKind | undefined> {
  const ort = await import("onnxruntime-node").catch(() => undefined);
  return ort && { name: "onnxruntime", start: () => onnxRunner(ort, { intraOpNumThreads: availableParallelism() }) };
}
