// npm run deidentify: the DICOM files of a folder without who they are of, by the Basic Profile of PS3.15.
import { randomBytes } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { readFileIfThere, readRegularFile, requireEmptyFolder, walkFolder, writeFileAtomically } from "@mammo/files/node";
import { DicomError } from "@mammo/io";
import { deidentify } from "@mammo/io/write";
import { program, UsageError } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";

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
      if (!relative(outer, inner).startsWith("..")) throw new UsageError("Expected two folders apart, and the key outside of the second");
    await requireEmptyFolder(out); // The numbers start anew: two folders' files would be mixed.
    const paths: string[] = [];
    for await (const path of walkFolder(root)) paths.push(path);
    const key = await keyOf(values.key);
    const dates = values["shift-dates"] ? "shift" : "remove";
    const options = { key, dates, device: values["keep-device"], pixelsAreClean: values["pixels-are-clean"] } as const;
    const leftOut = new Map<string, number>();
    const shown = progress("deidentify", paths.length);
    let written = 0;
    // One file at a time, in the order of their old names: a number says nothing of them.
    for (const [index, path] of paths.sort().entries()) {
      const clean = await deidentify(await readRegularFile(path), options).catch((error: unknown) => {
        if (!(error instanceof DicomError)) throw error;
        leftOut.set(error.code, (leftOut.get(error.code) ?? 0) + 1);
        return undefined;
      });
      if (clean) await writeFileAtomically(join(out, `${String(++written).padStart(6, "0")}.dcm`), clean, { durable: false });
      shown.update(index + 1);
    }
    shown.end(`${written} files`);
    for (const [code, count] of leftOut) process.stdout.write(`left out: ${count} [${code}]\n`);
    process.stdout.write(`${written} files written\n`);
  },
);

async function keyOf(path: string): Promise<Uint8Array> {
  const found = await readFileIfThere(path);
  if (found) return found;
  const made = randomBytes(32);
  await writeFileAtomically(path, made, { mode: 0o600 });
  return made;
}
