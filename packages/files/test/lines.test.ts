import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countLineEnds, linesOf } from "../src/index.ts";

const text = fc.array(fc.constantFrom("a", "\n", "\r", "\r\n"), { maxLength: 12 }).map((parts) => parts.join(""));

describe("lines", () => {
  it("are what split gives, and counted as a pattern counts them", () => {
    fc.assert(
      fc.property(text, (written) => {
        expect([...linesOf(written)]).toEqual(written.split(/\r?\n/));
        expect(countLineEnds(written)).toBe(written.match(/\r\n|\n|\r/g)?.length ?? 0);
      }),
    );
  });

  it("come one by one, however many there are", () => {
    const [first] = linesOf("\n".repeat(2 ** 24));
    expect(first).toBe("");
  });
});
