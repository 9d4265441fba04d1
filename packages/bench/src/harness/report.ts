import { markdownTable } from "@mammo/files";
import { thresholdLine } from "@mammo/testing/threshold";
import { type Comparison, speedup } from "./comparison.ts";
import { type Findings, milliseconds, type Table } from "./harness.ts";
import { type Machine, machineLine } from "./machine.ts";

/** The findings of a bench as Markdown: machine, one table a comparison, the other tables, notes, thresholds. */
export function toMarkdown(machine: Machine, findings: Findings): string {
  const { comparisons, tables, notes, thresholds } = findings;
  const parts = [`Measured on ${machineLine(machine)}.`];
  for (const table of [...comparisons.map(timeTable), ...tables]) parts.push(`**${table.title}**`, markdownTable([table.columns, ...table.rows]));
  if (notes.length > 0) parts.push(notes.map((note) => `- ${note}`).join("\n"));
  if (thresholds.length > 0) parts.push(`\`\`\`text\n${thresholds.map(thresholdLine).join("\n")}\n\`\`\``);
  return parts.join("\n\n");
}

/** Puts `content` between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` of a page; a bench without markers gets a section at the end. */
export function intoPage(page: string, bench: string, content: string): string {
  const [open, close] = [`<!-- bench:${bench} -->`, `<!-- /bench:${bench} -->`];
  const block = `${open}\n\n${content}\n\n${close}`;
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  if (start < 0 !== end < 0 || end < start) throw new Error(`Expected ${open} before ${close} in the page, got only one of them or the wrong order`);
  if (start < 0) return `${page.trimEnd()}\n\n## ${bench}\n\n${block}\n`;
  return page.slice(0, start) + block + page.slice(end + close.length);
}

function timeTable(comparison: Comparison): Table {
  const { title, unit = "units", timings } = comparison;
  const first = timings[0]!.name;
  const rated = timings.some(({ work }) => work !== undefined);
  return {
    title,
    columns: ["contender", "median, ms", "quartiles, ms", `time / ${first}`, ...(rated ? [`${unit} per second`] : [])],
    rows: timings.map(({ name, median, firstQuartile, thirdQuartile, work }) => [
      name,
      milliseconds(median),
      `${milliseconds(firstQuartile)} to ${milliseconds(thirdQuartile)}`,
      speedup(comparison, first, name).toFixed(2),
      ...(rated ? [work === undefined ? "" : Number((work / median).toPrecision(3))] : []),
    ]),
  };
}
