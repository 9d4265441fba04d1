import { expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { calibrate, calibrateInterval, fitBeta, fitNonNegativeStack, fitPlatt, fitTemperature, fitVennAbers } from "../src/index.ts";

interface Fitted {
  readonly logits: number[];
  readonly scores: number[];
  readonly labels: number[];
  readonly at: number[];
  readonly probabilities: number[];
}

const cases = <T>(name: string) => golden<{ cases: T[] }>(name, import.meta.url).cases;

describe("calibrators of other packages", () => {
  it.each(cases<Fitted>("beta"))("fitBeta gives betacal's probabilities, case %#", ({ logits, labels, at, probabilities }) => {
    const fitted = fitBeta(logits, labels);
    expectClose(
      at.map((logit) => calibrate(fitted, logit)),
      probabilities,
      { absolute: 1e-6 },
    );
  });

  // netcal searches with slopes from differences of the loss, and stops when a step lowers it by less than 2e-9 of it: a temperature to the fourth digit, a probability of beta to 1e-4.
  it.each([
    ["toTheEnd", "where its loss is lowest", 1e-6],
    ["asItIs", "within what its own search leaves", 2e-4],
  ] as const)("fitTemperature and fitBeta find netcal's, %s: %s", (search, _, within) => {
    for (const { logits, labels, at, ...found } of cases<Fitted & Record<"toTheEnd" | "asItIs", { temperature: number; beta: number[] }>>("netcal")) {
      expectClose(fitTemperature(logits, labels).temperature, found[search].temperature, { relative: within });
      const beta = fitBeta(logits, labels);
      expectClose(
        at.map((logit) => calibrate(beta, logit)),
        found[search].beta,
        { absolute: within },
      );
    }
  });

  it.each(cases<Fitted & { ends: [number, number][] }>("vennAbers"))(
    "fitVennAbers gives venn-abers' ends and probabilities, also at the fitted scores, case %#",
    ({ scores, labels, at, probabilities, ends }) => {
      const fitted = fitVennAbers(scores, labels);
      const found = at.map((score) => calibrateInterval(fitted, score));
      expectClose(
        found.map(({ lower }) => lower),
        ends.map(([lower]) => lower),
        { absolute: 1e-6 },
      );
      expectClose(
        found.map(({ upper }) => upper),
        ends.map(([, upper]) => upper),
        { absolute: 1e-6 },
      );
      expectClose(
        at.map((score) => calibrate(fitted, score)),
        probabilities,
        { absolute: 1e-6 },
      );
    },
  );

  it.each(cases<Fitted & { slope: number; intercept: number }>("plattTight"))(
    "fitPlatt finds scikit-learn's line where its search is not cut short, case %#",
    ({ scores, labels, slope, intercept }) => {
      const fitted = fitPlatt(scores, labels);
      expectClose([fitted.slope, fitted.intercept], [slope, intercept], { absolute: 1e-6 });
    },
  );

  it.each(cases<{ members: number[][]; labels: number[]; ridge: number; weights: number[]; intercept: number }>("nonNegativeStack"))(
    "fitNonNegativeStack finds the minimum of SciPy's L-BFGS-B, case %#",
    ({ members, labels, ridge, weights, intercept }) => {
      const fitted = fitNonNegativeStack(members, labels, { ridge });
      expectClose(fitted.weights, weights, { absolute: 1e-6 });
      expectClose(fitted.intercept, intercept, { absolute: 1e-6 });
      expect(fitted.weights.filter((weight) => weight === 0).length).toBeGreaterThan(0);
    },
  );
});
