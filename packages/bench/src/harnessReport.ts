import { type Findings, milliseconds, type Table } from "./harness.ts";
import { barLine } from "./harnessBar.ts";
import { type Machine, machineLine } from "./harnessMachine.ts";
import { type Race, speedup } from "./harnessRace.ts";

/** The findings of a room as Markdown: machine, one table a race, the other tables, notes, bars. */
export function toMarkdown(machine: Machine, findings: Findings): string {
  const { races, tables, notes, bars } = findings;
  const parts = [`Measured on ${machineLine(machine)}.`];
  for (const table of [...races.map(raceTable), ...tables]) parts.push(`**${table.title}**`, markdownTable(table));
  if (notes.length > 0) parts.push(notes.map((note) => `- ${note}`).join("\n"));
  if (bars.length > 0) parts.push(`\`\`\`text\n${bars.map(barLine).join("\n")}\n\`\`\``);
  return parts.join("\n\n");
}

/** Puts `content` between `<!-- bench:ROOM -->` and `<!-- /bench:ROOM -->` of a page; a room without markers gets a chapter at the end. */
export function intoPage(page: string, room: string, content: string): string {
  const [open, close] = [`<!-- bench:${room} -->`, `<!-- /bench:${room} -->`];
  const block = `${open}\n\n${content}\n\n${close}`;
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  if (start < 0 !== end < 0 || end < start) throw new Error(`Expected ${open} before ${close} in the page, got only one of them or the wrong order`);
  if (start < 0) return `${page.trimEnd()}\n\n## ${room}\n\n${block}\n`;
  return page.slice(0, start) + block + page.slice(end + close.length);
}

function raceTable(race: Race): Table {
  const ours = race.results[0]!.name;
  const rated = race.results.some((result) => result.work !== undefined);
  return {
    title: race.title,
    columns: ["contender", "median, ms", "quartiles, ms", `time / ${ours}`, ...(rated ? [`${race.unit ?? "units"} per second`] : [])],
    rows: race.results.map(({ name, median, firstQuartile, thirdQuartile, work }) => [
      name,
      milliseconds(median),
      `${milliseconds(firstQuartile)} to ${milliseconds(thirdQuartile)}`,
      speedup(race, ours, name).toFixed(2),
      ...(rated ? [work === undefined ? "" : Number((work / median).toPrecision(3))] : []),
    ]),
  };
}

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
