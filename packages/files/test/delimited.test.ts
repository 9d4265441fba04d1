import { formatDelimited, parseDelimited } from "@mammo/files";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const comma = { separator: "," } as const;
const cellsOf = (text: string) => parseDelimited(text, comma).rows.map(({ cells }) => cells);

describe("parseDelimited", () => {
  it("reads heads and rows with their lines, quotes, doubled quotes and line ends in cells", () => {
    const table = parseDelimited('\uFEFFid, name \r\n1,"a,b"\r\n\r\n2,"say ""no""\nplease"\n3,x', comma);
    expect(table.columns).toEqual(["id", "name"]);
    expect(table.rows).toEqual([
      { line: 2, cells: ["1", "a,b"] },
      { line: 4, cells: ["2", 'say "no"\nplease'] },
      { line: 6, cells: ["3", "x"] },
    ]);
  });

  it("gives an empty cell to a separator at a row's or the text's end", () => {
    expect(cellsOf("a,b\n1,\n,")).toEqual([
      ["1", ""],
      ["", ""],
    ]);
  });

  it("pads short rows only where told", () => {
    expect(parseDelimited("a\tb\n1\n", { separator: "\t", ragged: true }).rows[0]!.cells).toEqual(["1"]);
    expect(() => cellsOf("a,b\n1\n")).toThrow("row 2: expected 2 cells, got 1");
  });

  it.each([
    ['a\n"open', "row 2: expected a quote"],
    ['a\nx"y', "row 2: expected a quote"],
    ['a\n"x"y', "row 2: expected a quote"],
    ["a,b\n1,2,3", "row 2: expected 2 cells, got 3"],
    ["a,a\n1,2", "row 1: expected each column once", "duplicate-column"],
  ])("refuses %j", (text, message, code = "malformed-table") => {
    expect(() => cellsOf(text)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it.each([
    [`${"a\t".repeat(5000)}b\n`, "4096 columns"],
    [`h\n${"1\n".repeat(1_100_000)}`, "1048576 rows"],
    [`${Array.from({ length: 4000 }, (_, k) => k).join("\t")}\n${"1\n".repeat(40_000)}`, "16777216 cells"],
    [`${Array.from({ length: 4000 }, (_, k) => k).join("\t")}\n${"1\n".repeat(600)}`, "2097152 cells that its rows lack"],
  ])("bounds what a table costs by its cells, those of short rows too (%#)", (text, what) => {
    const start = performance.now();
    expect(() => parseDelimited(text, { separator: "\t", ragged: true })).toThrow(`at most ${what}`);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("writes no cell that a spreadsheet would run", () => {
    const written = formatDelimited(
      [["file"], ["=HYPERLINK(1)"], [" @SUM(1)"], ["-1.5e-3"], ["+cmd|' /C calc'!A0"], [-2], ["+E5"], ["-1 +2.5e3"], ['"=HYPERLINK(1)"'], ['"']],
      {
        separator: "\t",
      },
    );
    expect(written).toBe("file\n'=HYPERLINK(1)\n' @SUM(1)\n-1.5e-3\n'+cmd|' /C calc'!A0\n-2\n'+E5\n-1 +2.5e3\n'\"=HYPERLINK(1)\"\n'\"\n");
  });

  it("takes quotes as letters where told", () => {
    expect(parseDelimited('a\tb\n"x\ty"\n', { separator: "\t", quotes: false }).rows[0]!.cells).toEqual(['"x', 'y"']);
  });

  it.each([",", ";"] as const)("reads back what formatDelimited writes with %j between cells", (separator) => {
    const cell = fc.string({ unit: fc.constantFrom(..."ab, \"'\n\r\\;x".split("")) }).map((text) => text.trim());
    const rows = fc.integer({ min: 1, max: 4 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 5 }));
    fc.assert(
      fc.property(rows, (rows) => {
        const heads = rows[0]?.map((_, index) => `h${index}`) ?? ["h"];
        const kept = rows.filter((cells) => cells.length > 1 || cells[0] !== "");
        const written = formatDelimited([heads, ...rows], { separator });
        expect(parseDelimited(written, { separator }).rows.map(({ cells }) => cells)).toEqual(kept);
      }),
    );
  });

  it.each([" ", "0", '"', ",", "\n", "[", '""', '",'])("takes linear time on 1 MiB of %j", (mark) => {
    const text = mark.repeat(2 ** 20 / mark.length);
    const start = performance.now();
    try {
      parseDelimited(text, comma);
    } catch (error) {
      expect(error).toHaveProperty("name", "FilesError");
    }
    // A quadratic scan takes minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
