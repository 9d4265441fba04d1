import { describe, expect, it } from "vitest";
import { changesOf, sample } from "../mutants/mutate.mjs";

const changed = (line: string) => changesOf(line).map((one) => `${one.kind}: ${one.changed}`);

describe("changesOf", () => {
  it.each<[line: string, changes: string[]]>([
    ["if (a < b) return;", ["comparison: if (a <= b) return;", "dropped check: if (false) return;"]],
    ["const x = a === 0;", ["comparison: const x = a !== 0;", "constant: const x = a === 1;"]],
    // In either order the larger of two is the same.
    ["const x = Math.max(a, b);", ["clamp: const x = Math.min(a, b);"]],
    ["const x = max(a, b);", ["swapped arguments: const x = max(b, a);"]],
    ["const f = (a: 0 | 1): [2, 3] => g<4>(5);", ["constant: const f = (a: 0 | 1): [2, 3] => g<4>(6);"]],
    ["const x = a - b / 2;", ["constant: const x = a - b / 3;", "sign: const x = a + b / 2;", "factor: const x = a - b * 2;"]],
    ["const x = 0.5;", ["constant: const x = 0.75;"]],
  ])("%s", (line, changes) => {
    expect(changed(line)).toEqual(changes);
  });

  it.each(["// a < b", "/** 1 + 2 */", 'import { a } from "./1 + 2.ts";', 'const x = "a < b + 1";', "const x = `1 + 2`;", "readonly a: 1 | 2;"])(
    "leaves %s alone",
    (line) => {
      expect(changed(line)).toEqual([]);
    },
  );

  it("changes one place of the source and tells its row", () => {
    const [one] = changesOf("const a = b;\nconst c = a + d;\n");
    expect(one).toMatchObject({ row: 2, source: "const a = b;\nconst c = a - d;\n" });
  });
});

describe("sample", () => {
  it("gives all, in an order of the seed alone", () => {
    const list = Array.from({ length: 50 }, (_, i) => i);
    const [a, b, c] = [1, 1, 2].map((seed) => [...sample(list, seed)]);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect([...a!].sort((x, y) => x - y)).toEqual(list);
  });
});
