// npm run conformance -- --data DIR: decodes every DICOM file that DIR/EXPECTED_PIXELS.tsv names and compares the pixels with what DCMTK and GDCM make of them.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { mammogramReader } from "@mammo/io/node";
import { minMax } from "@mammo/mammogram";
import { program } from "@mammo/testing/program";
import { type Threshold, threshold, thresholdLine } from "@mammo/testing/threshold";
import { compareFile, type Outcome, outcomes, type Result } from "./conformance/compareFile.ts";
import { readTable } from "./conformance/readTable.ts";

const help = `npm run conformance -- --data DIR [--threads] [--verbose]
  --data     a folder with EXPECTED_PIXELS.tsv and the files that it names
  --threads  decodes each file a second time in the thread of mammogramReader, and compares
  --verbose  every file, not only those that differ`;

const options = { data: { type: "string" }, threads: { type: "boolean", default: false }, verbose: { type: "boolean", default: false } } as const;

await program({ help, options }, async (values) => {
  if (values.data === undefined) throw new Error("Expected --data DIR, a folder with EXPECTED_PIXELS.tsv");
  const root = resolve(values.data);
  const table = await readFile(join(root, "EXPECTED_PIXELS.tsv"), "utf8").catch(() => {
    throw new Error("Expected EXPECTED_PIXELS.tsv in the folder of --data");
  });
  const reader = values.threads ? mammogramReader() : undefined;
  const results: Result[] = [];
  for (const row of readTable(table)) results.push(await compareFile(root, row, reader));
  await reader?.dispose();
  printTable(results);
  for (const { row, outcome, note, milliseconds, isSameInThread } of results) {
    const isExpected = outcome === "exact" || outcome === "near" || (row.oracle === "none" && outcome !== "untyped error");
    if (values.verbose || !isExpected || isSameInThread === false)
      console.log(`${outcome.padEnd(14)}${row.oracle.padEnd(18)}${row.path}  ${note}  ${milliseconds.toFixed(0)} ms`);
  }
  console.log("");
  for (const one of thresholds(results)) console.log(thresholdLine(one));
});

function printTable(results: readonly Result[]): void {
  console.log(["reference".padEnd(18), "files".padStart(6), ...outcomes.map((name) => name.padStart(14))].join(""));
  for (const oracle of [...new Set(results.map(({ row }) => row.oracle))].sort()) {
    const of = results.filter(({ row }) => row.oracle === oracle);
    const counts = outcomes.map((name) => String(of.filter(({ outcome }) => outcome === name).length).padStart(14));
    console.log([oracle.padEnd(18), String(of.length).padStart(6), ...counts].join(""));
  }
  console.log("");
}

function thresholds(results: readonly Result[]): readonly Threshold[] {
  const both = results.filter(({ row }) => row.oracle === "both-agree");
  const [lossless, lossy] = [both.filter(({ row }) => !row.isLossy), both.filter(({ row }) => row.isLossy)];
  const one = results.filter(({ row }) => !/^(both-agree|none|differ)$/.test(row.oracle));
  const broken = results.filter(({ row }) => row.oracle === "none");
  const asked = results.filter(({ isSameInThread }) => isSameInThread !== undefined);
  const share = (name: string, of: readonly Result[], good: readonly Outcome[]): Threshold =>
    threshold(`conformance.${name}`, of.filter(({ outcome }) => good.includes(outcome)).length, ">=", of.length);
  return [
    share("both-agree.lossless.exact", lossless, ["exact"]),
    share("both-agree.lossy.near", lossy, ["exact", "near"]),
    share("one-reference", one, ["exact", "near", "refused"]),
    share("broken.typed", broken, ["typed error", "decoded"]),
    threshold("conformance.untyped-errors", results.filter(({ outcome }) => outcome === "untyped error").length, "<=", 0),
    ...(asked.length > 0
      ? [threshold("conformance.same-in-thread", asked.filter(({ isSameInThread }) => isSameInThread).length, ">=", asked.length)]
      : []),
    threshold("conformance.slowest-ms", minMax(results.map(({ milliseconds }) => milliseconds))[1], "<=", 10_000),
  ];
}
