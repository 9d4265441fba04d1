import type { Laterality } from "@mammo/mammogram";
import { type PairableView, pairBreasts } from "@mammo/train";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const view = (name: string, rest: Partial<PairableView> = {}): PairableView & { readonly name: string } => ({
  name,
  patientId: "a",
  laterality: name[0] as Laterality,
  view: name.slice(1),
  ...rest,
});
const names = (views: readonly ReturnType<typeof view>[]) => pairBreasts(views).map(({ left, right }) => [left?.name, right?.name]);

describe("pairBreasts", () => {
  it("pairs the breasts of a woman view by view; a side that was not taken is missing", () => {
    expect(names([view("LCC"), view("RCC"), view("RMLO"), view("LMLO"), view("LCV")])).toEqual([
      ["LCC", "RCC"],
      ["LMLO", "RMLO"],
      ["LCV", undefined],
    ]);
    const [pair] = pairBreasts([view("LCV")]);
    expect(pair).toEqual({ patientId: "a", view: "CV", left: view("LCV") });
  });

  it("keeps women and exams apart", () => {
    const other = { patientId: "b" };
    const [first, second] = [{ examId: "1" }, { examId: "2" }];
    expect(names([view("LCC"), view("RCC", other)])).toEqual([
      ["LCC", undefined],
      [undefined, "RCC"],
    ]);
    const pairs = pairBreasts([view("LCC", first), view("RCC", second), view("RCC", first)]);
    expect(pairs.map(({ examId, left, right }) => [examId, left?.name, right?.name])).toEqual([
      ["1", "LCC", "RCC"],
      ["2", undefined, "RCC"],
    ]);
  });

  it("puts a view that was taken again beside the other breast's second, or its last", () => {
    const again = (name: string, which: number) => ({ ...view(name), name: `${name}${which}` });
    expect(names([again("LCC", 1), again("LCC", 2), again("LCC", 3), again("RCC", 1), again("RCC", 2)])).toEqual([
      ["LCC1", "RCC1"],
      ["LCC2", "RCC2"],
      ["LCC3", "RCC2"],
    ]);
  });

  it("leaves no view out, mixes no women, exams or views, and misses a side only where there is none", () => {
    const some = fc.record({
      patientId: fc.constantFrom("a", "b", "c"),
      examId: fc.constantFrom("1", "2", undefined),
      laterality: fc.constantFrom<Laterality>("L", "R"),
      view: fc.constantFrom("CC", "MLO"),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), (views) => {
        const pairs = pairBreasts(views);
        expect(new Set(pairs.flatMap(({ left, right }) => [left, right].filter((one) => one !== undefined)))).toEqual(new Set(views));
        for (const { patientId, examId, view, left, right } of pairs) {
          const own = [left, right].filter((one) => one !== undefined);
          for (const one of own) expect([one.patientId, one.examId, one.view]).toEqual([patientId, examId, view]);
          for (const [side, found] of [
            ["L", left],
            ["R", right],
          ] as const) {
            if (found) expect(found.laterality).toBe(side);
            else
              expect(views.some((one) => one.patientId === patientId && one.examId === examId && one.view === view && one.laterality === side)).toBe(
                false,
              );
          }
        }
      }),
    );
  });
});
