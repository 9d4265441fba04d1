// Reads each hostile picture and prints what came of it, with time and the process's peak memory; run as a process of its own by rasters.test.ts.
import { DicomError, readRaster } from "../src/index.ts";
import { rasterCorpus } from "./hostile/rasterCorpus.ts";

for (const [name, make] of Object.entries(rasterCorpus)) {
  const bytes = make();
  const start = performance.now();
  const code = await readRaster(bytes).then(
    () => "read",
    (error: unknown) => (error instanceof DicomError ? error.code : `untyped: ${String(error)}`),
  );
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ name, code, milliseconds: performance.now() - start, megabytes: maxRSS / 1024 }));
}
