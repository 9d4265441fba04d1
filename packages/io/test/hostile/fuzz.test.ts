import fc from "fast-check";
import { expect, it } from "vitest";
import { crashers } from "./crashers.ts";
import { doorMutants, doorVerdict } from "./doorMutants.ts";
import { mutants } from "./mutants.ts";
import { seeds } from "./seeds.ts";
import { verdict } from "./verdict.ts";

// MAMMO_FUZZ_SECONDS lengthens the run, MAMMO_FUZZ_SEED repeats one; `npm run fuzz` runs on under a watch that also finds hangs.
const seconds = Number(process.env["MAMMO_FUZZ_SECONDS"] ?? 10);
const seed = Number(process.env["MAMMO_FUZZ_SEED"] ?? Date.now() % 2 ** 31);

it(`gives an image or a typed error for mutated files (${seconds} s, seed ${seed})`, { timeout: (seconds + 60) * 1000 }, async () => {
  const found = new Map<string, number>();
  const property = fc.asyncProperty(mutants(await seeds()), async (bytes) => {
    const outcome = await verdict(bytes);
    found.set(outcome, (found.get(outcome) ?? 0) + 1);
  });
  await fc.assert(property, { numRuns: 10_000_000, interruptAfterTimeLimit: seconds * 1000, seed });
  // A fuzzer that never gets past the header, or always does, tests nothing.
  for (const outcome of ["read", "corrupt-pixels", "truncated", "missing-attribute"]) expect(found.get(outcome), outcome).toBeGreaterThan(0);
});

it(`gives a typed error, or reads, by every other door (${seconds} s, seed ${seed})`, { timeout: (seconds + 60) * 1000 }, async () => {
  const found = new Map<string, number>();
  const property = fc.asyncProperty(doorMutants(), async ({ door, bytes }) => {
    const outcome = await doorVerdict(door, bytes);
    found.set(outcome, (found.get(outcome) ?? 0) + 1);
  });
  await fc.assert(property, { numRuns: 10_000_000, interruptAfterTimeLimit: seconds * 1000, seed });
  expect([...found.keys()].some((outcome) => outcome.endsWith(" read"))).toBe(true);
  expect([...found.keys()].filter((outcome) => !outcome.endsWith(" read")).length).toBeGreaterThan(5);
});

it.each(Object.entries(crashers))("%s, which once was not, is refused by its type", async (_name, make) => {
  expect(await verdict(make())).toMatch(/^[a-z-]+$/);
});
