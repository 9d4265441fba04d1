// Compiles assembly/*.ts four times: for a heap that is shared between threads or not, with and without fused multiply-add (relaxed SIMD).
import { readdirSync, readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { tiles } from "./tiles.mjs";

const folder = new URL("../assembly/", import.meta.url);
const sources = new Map([["tiles.ts", tiles()]]);
for (const name of readdirSync(folder)) if (name.endsWith(".ts")) sources.set(name, readFileSync(new URL(name, folder), "utf8"));

async function compile({ shared, relaxed }) {
  const features = ["simd", "threads", ...(relaxed ? ["relaxed-simd"] : [])];
  let binary;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      ...["--outFile", "out.wasm", "-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--noExportMemory"],
      ...["--use", "abort=", ...features.flatMap((feature) => ["--enable", feature]), "--initialMemory", "1"],
      ...(shared ? ["--sharedMemory", "--maximumMemory", "65536"] : []),
    ],
    {
      readFile: (name) => sources.get(name) ?? null,
      writeFile: (name, contents) => {
        if (name === "out.wasm") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  // A data section would be written over tfjs's own memory.
  if (sections(binary).includes(11)) throw new Error("Expected kernels without static data, but the compiler made some");
  return Buffer.from(binary).toString("base64");
}

/** The ids of a WebAssembly binary's sections. */
function sections(binary) {
  const ids = [];
  for (let at = 8; at < binary.length; ) {
    ids.push(binary[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}

/** The fields of each job in the order in which they lie in memory, four bytes each, read from the @unmanaged classes themselves. */
function jobFields() {
  const jobs = {};
  for (const text of sources.values())
    for (const [, name, body] of text.matchAll(/@unmanaged\s+export class (\w+Job) \{([^}]*)\}/g))
      jobs[name] = Object.fromEntries(
        [...body.matchAll(/^\s+(\w+): (usize|i32|f32);/gm)].map(([, field, type]) => [field, type === "f32" ? "float" : "integer"]),
      );
  return jobs;
}

/** The number of each kernel, read from the switch that uses it. */
function kernelNumbers() {
  return Object.fromEntries(
    [...sources.get("pool.ts").matchAll(/case (\d+): (\w+)Task\(changetype<(\w+)>/g)].map(([, number, name, job]) => [
      name,
      { number: Number(number), job },
    ]),
  );
}

export async function compileKernels() {
  // One after the other: the compiler keeps state of its own.
  const binaries = {};
  for (const shared of [true, false])
    for (const relaxed of [true, false])
      binaries[`${shared ? "shared" : "own"}${relaxed ? "Relaxed" : "Plain"}`] = await compile({ shared, relaxed });
  const text = [
    "// Made by scripts/compileKernels.mjs from assembly/.",
    `export const binaries = ${JSON.stringify(binaries, null, 1)} as const;`,
    `export const jobs = ${JSON.stringify(jobFields(), null, 1)} as const;`,
    `export const kernels = ${JSON.stringify(kernelNumbers(), null, 1)} as const;`,
  ];
  return { "kernels.ts": `${text.join("\n")}\n` };
}
