import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder, expectClose, golden } from "@mammo/testing";
import { describe, it } from "vitest";
import { dbmComponents, type Mrmc, mrmc } from "../src/index.ts";

interface VanDyke {
  readonly auc: readonly (readonly number[])[];
  readonly means: readonly number[];
  readonly diff: number;
  readonly MS_T: number;
  readonly MS_R: number;
  readonly MS_TR: number;
  readonly jackknife: { var: number; cov1: number; cov2: number; cov3: number; F_own: number; df2_own: number; p_own: number };
  readonly delong: {
    var: number;
    cov1: number;
    cov2: number;
    cov3: number;
    F: number;
    df2: number;
    p: number;
    diff_se: number;
    diff_ci95: [number, number];
  };
  readonly DBM: { VarR: number; VarC: number; VarTR: number; VarTC: number; VarRC: number; VarTRC_Err: number };
  readonly unbiased: { var: number; cov1: number; cov2: number; cov3: number; F: number; df2: number; p: number };
}

/** ratings[treatment][reader][case] of the Van Dyke set: 114 cases, 5 readers, 2 treatments. GPL data, hence from the data folder only. */
function readVanDyke() {
  const rows = readFileSync(join(dataFolder()!, "roc/VanDyke.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  const labels: number[] = [];
  const ratings = [0, 1].map(() => Array.from({ length: 5 }, (): number[] => []));
  for (const [reader, treatment, patient, truth, rating] of rows) {
    labels[patient! - 1] = truth!;
    ratings[treatment! - 1]![reader! - 1]![patient! - 1] = rating!;
  }
  return { labels, ratings };
}

// Half a unit of the last digit that the programs print.
const printed = (digits: number) => ({ relative: 5.1 * 10 ** -digits });

describe.skipIf(!dataFolder())("Obuchowski-Rockette on Van Dyke, against OR-DBM MRMC 2.51 and MRMCaov (needs the data folder)", () => {
  const { VanDyke: want } = golden<{ VanDyke: VanDyke }>("vanDyke", import.meta.url);
  const expectComponents = ({ components }: Mrmc, { var: variance, cov1, cov2, cov3 }: { var: number; cov1: number; cov2: number; cov3: number }) =>
    expectClose(
      [components.variance, components.cov1, components.cov2, components.cov3],
      [variance, cov1, cov2, cov3],
      // Ten decimals are printed.
      { absolute: 5.1e-11 },
    );
  const run = (covariance: "delong" | "jackknife" | "unbiased") => {
    const { labels, ratings } = readVanDyke();
    return mrmc(labels, ratings, { covariance });
  };

  it("areas and mean squares", () => {
    const { areas, meanSquares } = run("delong");
    expectClose(areas.flat(), want.auc.flat(), { absolute: 5.1e-9 });
    expectClose([meanSquares.treatment, meanSquares.reader, meanSquares.treatmentByReader], [want.MS_T, want.MS_R, want.MS_TR], printed(7));
  });

  it("jackknife covariances, random readers and cases", () => {
    const found = run("jackknife");
    expectComponents(found, want.jackknife);
    const { statistic, df1, df2, p } = found.randomReadersRandomCases;
    expectClose([statistic, df1, df2, p], [want.jackknife.F_own, 1, want.jackknife.df2_own, want.jackknife.p_own], { relative: 1e-6 });
  });

  it("variance components of Dorfman-Berbaum-Metz", () => {
    const { reader, case: patient, treatmentReader, treatmentCase, readerCase, error } = dbmComponents(run("jackknife"), 114);
    const { VarR, VarC, VarTR, VarTC, VarRC, VarTRC_Err } = want.DBM;
    // Eight decimals are printed.
    expectClose([reader, patient, treatmentReader, treatmentCase, readerCase, error], [VarR, VarC, VarTR, VarTC, VarRC, VarTRC_Err], {
      absolute: 5.1e-9,
    });
  });

  it("mean areas and their difference", () => {
    const [test] = run("jackknife").randomReadersRandomCases.differences;
    const { means } = run("jackknife").randomReadersRandomCases;
    expectClose(
      means.map(({ estimate }) => estimate),
      want.means,
      printed(7),
    );
    expectClose(test!.estimate, want.diff, { absolute: 5.1e-9 });
  });

  it("DeLong covariances, random readers and cases, with the interval of the difference", () => {
    const found = run("delong");
    expectComponents(found, want.delong);
    const { statistic, df2, p, differences } = found.randomReadersRandomCases;
    expectClose([statistic, df2, p], [want.delong.F, want.delong.df2, want.delong.p], printed(7));
    expectClose([differences[0]!.low, differences[0]!.high], want.delong.diff_ci95, { absolute: 5.1e-10 });
    expectClose(differences[0]!.standardError, want.delong.diff_se, printed(6));
  });

  it("unbiased covariances, random readers and cases", () => {
    const found = run("unbiased");
    expectComponents(found, want.unbiased);
    const { statistic, df2, p } = found.randomReadersRandomCases;
    expectClose([statistic, df2, p], [want.unbiased.F, want.unbiased.df2, want.unbiased.p], printed(7));
  });

  it("fixed readers and fixed cases", () => {
    const { fixedReadersRandomCases, randomReadersFixedCases } = run("jackknife");
    expectClose([fixedReadersRandomCases.statistic, fixedReadersRandomCases.p], [5.475953, 0.01927984], printed(7));
    // F is printed with four digits there.
    expectClose([randomReadersFixedCases.statistic, randomReadersFixedCases.df2], [8.704, 4], printed(4));
    expectClose(randomReadersFixedCases.p, 0.04195875, printed(7));
  });

  it.each(["jackknife", "delong", "unbiased"] as const)("%s: R by the definition, to the last digits", (covariance) => {
    interface Analysis {
      readonly [name: string]: number;
    }
    const r = golden<Record<"jackknife" | "delong" | "unbiased", Analysis>>("vanDykeR", import.meta.url)[covariance];
    const { components, randomReadersRandomCases: random, fixedReadersRandomCases: fixed } = run(covariance);
    expectClose(Object.values(components), [r["variance"]!, r["cov1"]!, r["cov2"]!, r["cov3"]!], { absolute: 1e-14 });
    expectClose([random.statistic, random.df2, random.p, fixed.statistic, fixed.p], [r["F"]!, r["df2"]!, r["p"]!, r["X2"]!, r["X2p"]!], {
      relative: 1e-10,
    });
  });
});
