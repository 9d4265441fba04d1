// npm run shard: a cohort's images standardized once and stored as tar shards, for training that reads them many times.
import { availableParallelism } from "node:os";
import { type CohortLayout, cohortReaders } from "@mammo/io/node";
import { writeShards } from "@mammo/io/shards";
import { printer } from "../cli/printer.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";
import { imagesOption, readCohort, tableColumns } from "../cli/readCohort.ts";

await program(
  {
    usage: "npm run shard -- PATH [--cohort LAYOUT] [--out DIR] [options]",
    about: "Standardizes a cohort into tar shards with an index and a Parquet manifest (docs/shards.md). Run again after a kill, it goes on.",
    details: tableColumns,
    takesFiles: true,
    again: "the same call goes on",
    options: {
      cohort: { kind: "text", default: "dream", choices: Object.keys(cohortReaders), help: "the layout of the folder, or of the CSV file for table" },
      images: imagesOption,
      out: { kind: "text", default: "runs/shards", help: "folder of the shards" },
      "mm-per-pixel": { kind: "number", default: 0.25, range: [0.05, 5], help: "of the images" },
      "images-per-shard": { kind: "number", default: 256, range: [1, 100_000], integer: true, help: "images in one tar file" },
      threads: { kind: "number", default: availableParallelism(), range: [1, 1024], integer: true, help: "images at once" },
      json: jsonOption,
      skip: { kind: "flag", help: "goes on after images that cannot be read; they are listed in failures.parquet" },
    },
  },
  async (values, [path, ...others]) => {
    if (path === undefined || others.length > 0) throw new UsageError("Expected one cohort; see --help");
    const cohort = await readCohort(values.cohort as CohortLayout, path, values);
    const { say, give } = printer(values.json);
    const notRead: { readonly image: number; readonly code: string }[] = [];
    const shown = progress("images", cohort.images.length);
    const writing = writeShards(cohort, {
      directory: values.out,
      imagesPerShard: values["images-per-shard"],
      threads: values.threads,
      onFailure: values.skip ? "skip" : "stop",
      read: { mmPerPixel: values["mm-per-pixel"] },
    });
    for (let step = await writing.next(); ; step = await writing.next()) {
      if (step.done) {
        const { images, failures, shards } = step.value;
        shown.end(`${images} images in ${shards} shards`);
        say(`${images} of ${images + failures} images stored in ${shards} shards; ${values.out}/manifest.parquet\n`);
        give({ folder: values.out, images, failures, shards, notRead });
        return;
      }
      const { done, failure } = step.value;
      shown.update(done);
      if (!failure) continue;
      notRead.push({ image: failure.image + 1, code: failure.code });
      say(`not read: image ${failure.image + 1}: ${failure.code}\n`);
    }
  },
);
