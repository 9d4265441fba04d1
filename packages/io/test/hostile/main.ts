// npm run hostile [-- PART OF "DOOR: NAME"]: what each file of the hostile corpus comes to, in time and memory of a process of its own.
import { minMax } from "@mammo/mammogram";
import { program } from "@mammo/testing/program";
import { threshold, thresholdLine } from "@mammo/testing/threshold";
import { type Cost, runCorpus } from "./runCorpus.ts";

const help = `npm run hostile -- [PART]
  PART  of "DOOR: NAME", as the list prints them: only these files. Each is read in a process of its own, which is ended after a minute.`;

const isGood = ({ code, mayBeRead }: Cost): boolean => (code === "read" ? mayBeRead === true : /^[a-z-]+$/.test(code));

await program({ help, options: {}, allowPositionals: true }, async (_, [part]) => {
  console.log(`${"file".padEnd(78)}${"bytes".padStart(11)}${"ms".padStart(7)}${"cpu ms".padStart(8)}${"MB".padStart(6)}  ended with`);
  const costs = await runCorpus(
    ({ name, door, bytes, code, milliseconds, cpuMilliseconds, megabytes }) =>
      console.log(
        `${`${door}: ${name}`.padEnd(78)}${String(bytes).padStart(11)}${String(milliseconds).padStart(7)}${String(cpuMilliseconds).padStart(8)}${String(megabytes).padStart(6)}  ${code}`,
      ),
    part,
  );
  if (costs.length === 0) throw new Error('Expected part of a file\'s "door: name"; npm run hostile lists them all');
  const bars = [
    threshold("hostile.typed-errors", costs.filter(isGood).length, ">=", costs.length),
    threshold("hostile.slowest-ms", minMax(costs.map(({ milliseconds }) => milliseconds))[1], "<", 1000),
    threshold("hostile.most-megabytes", minMax(costs.map(({ megabytes }) => megabytes))[1], "<", 300),
  ];
  for (const bar of bars) console.log(thresholdLine(bar));
});
