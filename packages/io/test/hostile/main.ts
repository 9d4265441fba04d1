// npm run hostile [-- PART OF A NAME]: what each file of the hostile corpus comes to, in time and memory of a process of its own.
import { runCorpus } from "./runCorpus.ts";

const isGood = (code: string): boolean => /^[a-z-]+$/.test(code);
console.log(`${"file".padEnd(62)}${"bytes".padStart(11)}${"ms".padStart(7)}${"cpu ms".padStart(8)}${"MB".padStart(6)}  ended with`);
const costs = await runCorpus(
  ({ name, bytes, code, milliseconds, cpuMilliseconds, megabytes }) =>
    console.log(
      `${name.padEnd(62)}${String(bytes).padStart(11)}${String(milliseconds).padStart(7)}${String(cpuMilliseconds).padStart(8)}${String(megabytes).padStart(6)}  ${code}`,
    ),
  process.argv[2],
);
const bar = (name: string, value: number, comparison: "<" | ">=", target: number): void =>
  console.log(`bar hostile.${name} ${value} ${comparison} ${target} ${(comparison === "<" ? value < target : value >= target) ? "ok" : "short"}`);
bar("typed-errors", costs.filter(({ code }) => isGood(code)).length, ">=", costs.length);
bar("slowest-ms", Math.max(...costs.map(({ milliseconds }) => milliseconds)), "<", 1000);
bar("most-megabytes", Math.max(...costs.map(({ megabytes }) => megabytes)), "<", 300);
