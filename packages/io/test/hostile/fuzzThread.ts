// The watched process of `npm run fuzz`: runs one batch for each seed it is sent.
import fc from "fast-check";
import { doorMutants, doorVerdict } from "./doorMutants.ts";
import { mutants } from "./mutants.ts";
import { seeds } from "./seeds.ts";
import { verdict } from "./verdict.ts";

export interface Job {
  readonly seed: number;
}
export type Beat =
  | { readonly kind: "begin"; readonly file: string }
  | { readonly kind: "failure"; readonly file: string; readonly what: string }
  | { readonly kind: "batch"; readonly executions: number; readonly outcomes: readonly (readonly [string, number])[]; readonly megabytes: number };

// As many DICOM files, which have most to be changed, as files by all other doors.
const arbitrary = fc.oneof(
  mutants(await seeds()).map((bytes) => ({ door: "dicom" as const, bytes })),
  doorMutants(),
);
const say = (beat: Beat): void => void process.send!(beat);

process.on("message", async ({ seed }: Job) => {
  const outcomes = new Map<string, number>();
  let executions = 0;
  const property = fc.asyncProperty(arbitrary, async ({ door, bytes }) => {
    // Said before it is read: whoever watches knows what hung.
    say({ kind: "begin", file: Buffer.from(bytes).toString("base64") });
    executions++;
    const outcome = door === "dicom" ? await verdict(bytes) : await doorVerdict(door, bytes);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: 500 });
  if (failed) say({ kind: "failure", file: Buffer.from(counterexample![0].bytes).toString("base64"), what: String(errorInstance) });
  else say({ kind: "batch", executions, outcomes: [...outcomes], megabytes: Math.round(process.resourceUsage().maxRSS / 1024) });
});
