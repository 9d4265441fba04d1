// Writes the shards of a small cohort in a process of its own, to be killed: shardsChild.ts COHORT OUT COUNT.
import { writeShards } from "../src/shards.ts";
import { read, smallCohort } from "./shardCohort.ts";

const [folder, directory, count] = process.argv.slice(2) as [string, string, string];
const cohort = await smallCohort(folder, Number(count));
for await (const { done } of writeShards(cohort, { directory, imagesPerShard: 5, threads: 2, read })) process.stdout.write(`${done}\n`);
