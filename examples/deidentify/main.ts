// npm run deidentify: the DICOM files of a folder without who they are of, by the Basic Profile of PS3.15.
import { createHmac, randomBytes } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { FilesError } from "@mammo/files";
import { claimFolder, createFile, readFileIfThere, readRegularFile, walkFolder, writeFileAtomically } from "@mammo/files/node";
import { DicomError } from "@mammo/io";
import { type DeidentifyOptions, deidentify, requireKey } from "@mammo/io/write";
import { program, UsageError } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";
import { isWithin } from "./isWithin.ts";

/** What one read of Node can hold. */
const maxBytes = 2 ** 31 - 1;

await program(
  {
    usage: "npm run deidentify -- DIR OUT --key FILE [--shift-dates] [--keep-device] [--pixels-are-clean]",
    about: "Writes the DICOM files of a folder without who they are of, numbered, pixels untouched, to a new or empty folder.",
    takesFiles: true,
    options: {
      key: { kind: "text", help: "file with at least 16 secret bytes, made where there is none: the same key gives the same new names" },
      "shift-dates": { kind: "flag", help: "moves all dates of a patient by the same number of days instead of removing them" },
      "keep-device": { kind: "flag", help: "keeps the manufacturer and the model" },
      "pixels-are-clean": { kind: "flag", help: "you have looked: no picture has a name in it" },
    },
  },
  async (values, [from, to, ...others]) => {
    if (from === undefined || to === undefined || others.length > 0 || !values.key)
      throw new UsageError("Expected two folders and --key; see --help");
    const [root, out] = [resolve(from), resolve(to)];
    // What lies in each other would be read again, or the key given away with the files.
    for (const [inner, outer] of [
      [out, root],
      [root, out],
      [resolve(values.key), out],
    ] as const)
      if (await isWithin(inner, outer)) throw new UsageError("Expected two folders apart, and the key outside of the second");
    await keyIn(values.key);
    const paths: string[] = [];
    for await (const path of walkFolder(root)) paths.push(path);
    // The numbers start anew: two folders' files would be mixed.
    const claimed = await claimFolder(out, { program: "deidentify", isOwn: (path) => /^\d{6,}\.dcm$/.test(path) });
    try {
      const key = await keyOf(values.key);
      const dates = values["shift-dates"] ? "shift" : "remove";
      const options = { key, dates, device: values["keep-device"], pixelsAreClean: values["pixels-are-clean"] } as const;
      const leftOut = new Map<string, number>();
      const shown = progress("deidentify", paths.length);
      let written = 0;
      // In an order that only the key tells: that of the old names may be that of patients or of dates.
      const place = (path: string) =>
        createHmac("sha256", key)
          .update(`order\n${relative(root, path)}`)
          .digest("hex");
      const ordered = paths.map((path) => ({ path, at: place(path) })).sort((a, b) => (a.at < b.at ? -1 : 1));
      for (const [index, { path }] of ordered.entries()) {
        const clean = await cleaned(path, options).catch((error: unknown) => {
          // Whatever is wrong with one file, the others are written.
          const code = error instanceof DicomError || error instanceof FilesError ? error.code : "unexpected";
          leftOut.set(code, (leftOut.get(code) ?? 0) + 1);
          return undefined;
        });
        if (clean) await writeFileAtomically(join(out, `${String(++written).padStart(6, "0")}.dcm`), clean, { durable: false });
        shown.update(index + 1);
      }
      await claimed.finish();
      shown.end(`${written} files`);
      for (const [code, count] of leftOut) process.stdout.write(`left out: ${count} [${code}]\n`);
      process.stdout.write(`${written} files written\n`);
      // A file of another kind is none of these; a DICOM file that is missing from the archive is told by the exit code too.
      if ([...leftOut.keys()].some((code) => code !== "not-dicom")) process.exitCode = 1;
    } finally {
      await claimed.release();
    }
  },
);

async function cleaned(path: string, options: DeidentifyOptions): Promise<Uint8Array> {
  return deidentify(await readRegularFile(path, { maxBytes }), options);
}

/** @throws RangeError unless it is a key, or none yet. */
async function keyIn(path: string): Promise<Uint8Array | undefined> {
  const key = await readFileIfThere(path, { maxBytes: 2 ** 16 });
  if (key) requireKey(key);
  return key;
}

async function keyOf(path: string): Promise<Uint8Array> {
  const made = randomBytes(32);
  // Two runs that start together get one key.
  return (await createFile(path, made)) ? made : (await keyIn(path))!;
}
