// npm run exits -- FILE.dcm [--runs 80] [--seconds 60]: whether short programs that read a file in threads end by themselves, beside ones with threads and none of our code.
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "@mammo/testing/program";
import { threshold, thresholdLine } from "@mammo/testing/threshold";

const help = `npm run exits -- FILE.dcm [--runs 80] [--seconds 60]
  FILE.dcm   a mammogram to read
  --runs     runs of each program
  --seconds  a program that runs longer has hung; it is ended then`;

const options = { runs: { type: "string", default: "80" }, seconds: { type: "string", default: "60" } } as const;

/** Whether a program ends by itself within the time. */
function ends(name: string, file: string, seconds: number): Promise<boolean> {
  const script = fileURLToPath(new URL(`./exits/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, file], { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      if (code) reject(new Error(`Expected a mammogram that readMammogram reads, but ${name} ended with ${code}`));
      else resolve(signal === null);
    });
  });
}

await program({ help, options, allowPositionals: true }, async (values, [file, ...others]) => {
  const [runs, seconds] = [Number(values.runs), Number(values.seconds)];
  if (file === undefined || others.length > 0) throw new Error("Expected one DICOM file");
  if (!(Number.isInteger(runs) && runs >= 1 && seconds > 0))
    throw new Error(`Expected whole --runs >= 1 and --seconds > 0, got ${values.runs} and ${values.seconds}`);
  for (const name of ["readInThreads", "workInThreads"]) {
    let ended = 0;
    for (let run = 1; run <= runs; run++) {
      if (await ends(name, resolve(file), seconds)) ended++;
      process.stderr.write(`\r${name} ${run}/${runs}`);
    }
    process.stderr.write("\n");
    console.log(`${name}: ${ended} of ${runs} ended by themselves within ${seconds} s (Node ${process.versions.node})`);
    console.log(thresholdLine(threshold(`exits.${name}.ended`, ended, ">=", runs)));
  }
});
