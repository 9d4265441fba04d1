// npm run bench -- NAME: runs one bench; writes runs/bench/NAME.json and the bench's tables in docs/performance.md.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { program } from "@mammo/testing/program";
import { thresholdLine } from "@mammo/testing/threshold";
import { type Bench, makeHarness } from "./harness/harness.ts";
import { machineLine, measureMachine } from "./harness/machine.ts";
import { intoPage, toMarkdown } from "./harness/report.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const names = readdirSync(new URL("./benches", import.meta.url)).flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -3)] : []));

const help = `npm run bench -- NAME [--quick] [--rounds N] [--out DIR] [--no-page]
  NAME       one of: ${names.join(", ")}
  --quick    fewer rounds, smaller inputs: a trial, not a result; leaves docs/performance.md alone
  --rounds   timed rounds of each comparison (default 15, quick 5)
  --out      folder of the JSON (default runs/bench)
  --no-page  leaves docs/performance.md alone`;

const options = {
  quick: { type: "boolean", default: false },
  rounds: { type: "string" },
  out: { type: "string", default: join(root, "runs/bench") },
  "no-page": { type: "boolean", default: false },
} as const;

await program({ help, options, allowPositionals: true }, async (values, [name, ...others]) => {
  if (name === undefined || others.length > 0 || !names.includes(name))
    throw new Error(`Expected one bench out of ${names.join(", ")}, got ${[name ?? "none", ...others].join(" ")}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1))
    throw new Error(`Expected --rounds to be a whole number >= 1, got ${values.rounds}`);

  const { bench } = (await import(`./benches/${name}.ts`)) as { readonly bench: Bench };
  const machine = await measureMachine();
  console.log(machineLine(machine));
  const { quick } = values;
  const { harness, findings, close } = makeHarness({ machine, quick, print: console.log, ...(rounds === undefined ? {} : { rounds }) });
  try {
    await bench.run(harness);
  } finally {
    close();
  }

  mkdirSync(values.out, { recursive: true });
  await writeFileAtomically(join(values.out, `${name}.json`), json({ bench: name, date: new Date().toISOString(), quick, machine, ...findings }));
  if (!quick && !values["no-page"]) {
    const path = join(root, "docs/performance.md");
    const page = existsSync(path) ? readFileSync(path, "utf8") : "# Performance\n";
    await writeFileAtomically(path, intoPage(page, name, toMarkdown(machine, findings)));
  }
  for (const threshold of findings.thresholds) console.log(thresholdLine(threshold));
});
