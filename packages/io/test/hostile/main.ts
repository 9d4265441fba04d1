// npm run hostile [-- PART OF "DOOR: NAME"]: what each file of the hostile corpus comes to, in time and memory of a process of its own.
import { minMax } from "@mammo/mammogram";
import { type Cost, runCorpus } from "./runCorpus.ts";

const isGood = ({ code, mayBeRead }: Cost): boolean => (code === "read" ? mayBeRead === true : /^[a-z-]+$/.test(code));
console.log(`${"file".padEnd(78)}${"bytes".padStart(11)}${"ms".padStart(7)}${"cpu ms".padStart(8)}${"MB".padStart(6)}  ended with`);
const costs = await runCorpus(
  ({ name, door, bytes, code, milliseconds, cpuMilliseconds, megabytes }) =>
    console.log(
      `${`${door}: ${name}`.padEnd(78)}${String(bytes).padStart(11)}${String(milliseconds).padStart(7)}${String(cpuMilliseconds).padStart(8)}${String(megabytes).padStart(6)}  ${code}`,
    ),
  process.argv[2],
);
if (costs.length === 0) {
  console.error('Expected part of a file\'s "door: name"; npm run hostile lists them all');
  process.exit(2);
}
const bar = (name: string, value: number, comparison: "<" | ">=", target: number): void =>
  console.log(`bar hostile.${name} ${value} ${comparison} ${target} ${(comparison === "<" ? value < target : value >= target) ? "ok" : "short"}`);
bar("typed-errors", costs.filter(isGood).length, ">=", costs.length);
bar("slowest-ms", minMax(costs.map(({ milliseconds }) => milliseconds))[1], "<", 1000);
bar("most-megabytes", minMax(costs.map(({ megabytes }) => megabytes))[1], "<", 300);
