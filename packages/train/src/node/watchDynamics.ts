import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { linesOf, parseJson } from "@mammo/files";
import { readFileIfThere, writeFileAtomically } from "@mammo/files/node";
import type { ObservedStep } from "../dynamics/diagnose.ts";
import { encodeTensorBoard, type TensorBoardStep } from "../dynamics/tensorBoard.ts";

/** Where the observed steps of a stage are kept while it runs. */
export interface DynamicsLog {
  add(step: ObservedStep): void;
  /** Before each checkpoint: what is lost is done again. */
  save(): Promise<void>;
  /** When the stage is done: TensorBoard's file too. */
  end(): Promise<void>;
}

/** The log of a stage in its folder; lines behind `from`, the step that the stage goes on after, are dropped: those steps come again. */
export async function watchDynamics(options: {
  readonly folder: string;
  readonly name: string;
  readonly from: number;
  readonly every: number;
}): Promise<DynamicsLog> {
  const { folder, name, from, every } = options;
  if (!(Number.isInteger(every) && every >= 1)) throw new RangeError(`Expected observeEvery to be a whole number >= 1, got ${every}.`);
  const path = join(folder, dynamicsFileName(name));
  const steps = (await readDynamics(path)).filter(({ step }) => step <= from);
  const save = async () => void (await writeFileAtomically(path, steps.map((step) => `${JSON.stringify(step)}\n`).join("")));
  return {
    add: (step) => void steps.push(step),
    save,
    async end() {
      await save();
      const board = join(folder, "tensorboard", name);
      await mkdir(board, { recursive: true });
      await writeFileAtomically(join(board, "events.out.tfevents.mammo"), encodeTensorBoard(steps.map(toTensorBoard)));
    },
  };
}

/** Of the log of a stage, beside its checkpoint. */
export const dynamicsFileName = (stage: string): string => `${stage}.dynamics.jsonl`;

/**
 * The observed steps that a log holds, none where there is none; a line that is none is left out.
 *
 * @throws FilesError as `readFileIfThere` does, `too-large` beyond 256 MiB.
 */
export async function readDynamics(path: string): Promise<readonly ObservedStep[]> {
  const bytes = await readFileIfThere(path, { maxBytes: 2 ** 28 });
  const steps: ObservedStep[] = [];
  for (const line of linesOf(new TextDecoder().decode(bytes))) {
    const step = parseLine(line);
    if (step) steps.push(step);
  }
  return steps;
}

function parseLine(line: string): ObservedStep | undefined {
  try {
    const value = parseJson(new TextEncoder().encode(line)) as Partial<ObservedStep> | null;
    const isWhole =
      Number.isInteger(value?.step) && Number.isFinite(value?.loss) && Array.isArray(value?.parameters) && Array.isArray(value?.activations);
    return isWhole ? (value as ObservedStep) : undefined;
  } catch {
    return undefined;
  }
}

/** The step's loss and gradient, and of each layer its size, its gradient, its update and its dead units. */
function toTensorBoard({ step, time, loss, gradientNorm, parameters, activations }: ObservedStep): TensorBoardStep {
  return {
    step,
    time,
    values: [
      { tag: "loss", scalar: loss },
      { tag: "gradient norm", scalar: gradientNorm },
      ...parameters.flatMap(({ name, weights, gradient, updateRatio }) => [
        { tag: `update ratio/${name}`, scalar: updateRatio },
        { tag: `weight norm/${name}`, scalar: weights.norm },
        { tag: `weights/${name}`, histogram: weights },
        { tag: `gradients/${name}`, histogram: gradient },
      ]),
      ...activations.flatMap(({ name, zeros, units, deadUnits }) => [
        { tag: `zeros/${name}`, scalar: zeros },
        { tag: `dead units/${name}`, scalar: units === 0 ? 0 : deadUnits / units },
      ]),
    ],
  };
}
