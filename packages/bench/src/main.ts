// npm run bench -- ROOM: runs one room of benches; writes runs/bench/ROOM.json and the room's table in docs/performance.md.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Bench, makeHarness } from "./harness.ts";
import { barLine } from "./harnessBar.ts";
import { machineLine, measureMachine } from "./harnessMachine.ts";
import { intoPage, toMarkdown } from "./harnessReport.ts";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
// Programs with scripts of their own lie here too; a room is what exports `bench`.
const rooms = readdirSync(here)
  .filter(
    (file) => file.endsWith(".ts") && !/^(main|harness.*)\.ts$/.test(file) && /^export const bench\b/m.test(readFileSync(join(here, file), "utf8")),
  )
  .map((file) => file.slice(0, -3));

const help = `npm run bench -- ROOM [--quick] [--rounds N] [--out DIR] [--no-page]
  ROOM       one of: ${rooms.join(", ") || "(none yet)"}
  --quick    fewer rounds, smaller inputs: a trial, not a result; leaves docs/performance.md alone
  --rounds   timed rounds of each race (default 15, quick 5)
  --out      folder of the JSON (default runs/bench)
  --no-page  leaves docs/performance.md alone`;

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      out: { type: "string", default: join(root, "runs/bench") },
      "no-page": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void console.log(help);
  const [room, ...others] = positionals;
  if (room === undefined || others.length > 0 || !rooms.includes(room))
    throw new Error(`Expected one room out of ${rooms.join(", ") || "(none yet)"}, got ${positionals.join(" ") || "none"}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1))
    throw new Error(`Expected --rounds to be a whole number >= 1, got ${values.rounds}`);

  const { bench } = (await import(`./${room}.ts`)) as { readonly bench: Bench };
  const machine = await measureMachine();
  console.log(machineLine(machine));
  const { harness, findings, close } = makeHarness({ machine, quick: values.quick, say: console.log, ...(rounds === undefined ? {} : { rounds }) });
  try {
    await bench.run(harness);
  } finally {
    close();
  }

  mkdirSync(values.out, { recursive: true });
  writeFileSync(
    join(values.out, `${room}.json`),
    `${JSON.stringify({ room, date: new Date().toISOString(), quick: values.quick, machine, ...findings }, null, 2)}\n`,
  );
  if (!values.quick && !values["no-page"]) {
    const path = join(root, "docs/performance.md");
    const page = existsSync(path) ? readFileSync(path, "utf8") : "# Performance\n";
    writeFileSync(path, intoPage(page, room, toMarkdown(machine, findings)));
  }
  for (const bar of findings.bars) console.log(barLine(bar));
}
