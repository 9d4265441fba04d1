import { dataFolder, expectClose, golden } from "@mammo/testing";
import { describe, it } from "vitest";
import { delong, delongInterval } from "../src/index.ts";
import { readAsah } from "./asah.ts";

interface Proc {
  readonly wfns: { readonly delong_ci95: readonly number[] };
  readonly ndka: { readonly delong_ci95: readonly number[]; readonly delong_ci95_female: readonly number[] };
  readonly delong_test_wfns_ndka: { readonly Z: number; readonly p: number };
}

describe.skipIf(!dataFolder())("DeLong on aSAH, against pROC (needs the data folder)", () => {
  const proc = golden<Proc>("proc", import.meta.url);
  const interval = (labels: readonly number[], scores: readonly number[]) => {
    const { low, auroc, high } = delongInterval(labels, scores);
    return [low, auroc, high];
  };

  it("95 % intervals", () => {
    const { labels, wfns, ndka, female } = readAsah();
    const [lowNdka, , highNdka] = interval(labels, ndka);
    expectClose([lowNdka!, highNdka!], proc.ndka.delong_ci95, { absolute: 1e-12 });
    const [low, , high] = interval(labels, wfns);
    expectClose([low!, high!], proc.wfns.delong_ci95, { absolute: 1e-12 });
    const women = <T>(list: readonly T[]) => list.filter((_, i) => female[i]);
    expectClose(interval(women(labels), women(ndka)), proc.ndka.delong_ci95_female, { absolute: 1e-12 });
  });

  it("paired test", () => {
    const { labels, wfns, ndka } = readAsah();
    const { z, p } = delong(labels, wfns, ndka);
    expectClose([z, p], [proc.delong_test_wfns_ndka.Z, proc.delong_test_wfns_ndka.p], { relative: 1e-10 });
  });
});
