// npm run deidentify: DICOM files without who they are of, by the Basic Profile of PS3.15.
import { createHmac, randomBytes } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { FilesError, formatDelimited } from "@mammo/files";
import { claimFolder, createFile, readFileIfThere, readRegularFile, writeFileAtomically } from "@mammo/files/node";
import { DicomError, parseDicom, tags } from "@mammo/io";
import { type DeidentifyOptions, deidentify, requireKey } from "@mammo/io/write";
import { filesOf } from "@mammo/pipeline/node";
import { filesFrom, namedPaths } from "../cli/namedPaths.ts";
import { printer } from "../cli/printer.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";
import { isWithin } from "./isWithin.ts";

/** What one read of Node can hold. */
const maxBytes = 2 ** 31 - 1;

await program(
  {
    usage: "npm run deidentify -- FILES, FOLDERS OR DICOMDIRS... OUT --key FILE [--map FILE] [options]",
    about: `Writes DICOM files without who they are of, numbered, pixels untouched, to the new or empty folder OUT.
Files that are left out are counted by why, and named in --map; ends with 1 where one of them is a DICOM file.`,
    takesFiles: true,
    options: {
      key: { kind: "text", help: "file with at least 16 secret bytes, made where there is none: the same key gives the same new names" },
      map: {
        kind: "text",
        help: "also a table of which file and study is which number, and of what was left out; whoever has it knows who they are",
      },
      "files-from": filesFrom,
      "shift-dates": { kind: "flag", help: "moves all dates of a patient by the same number of days instead of removing them" },
      "keep-device": { kind: "flag", help: "keeps the manufacturer and the model" },
      "pixels-are-clean": { kind: "flag", help: "you have looked: no picture has a name in it" },
      json: jsonOption,
    },
  },
  async (values, named) => {
    const [to, from] = [named.at(-1), named.slice(0, -1)];
    if (to === undefined || !values.key) throw new UsageError("Expected files or folders, the folder to write, and --key; see --help");
    const paths = await namedPaths(from, values["files-from"]);
    const out = resolve(to);
    // What lies in each other would be read again, or the key given away with the files.
    const apart = [...paths.flatMap((path) => [[out, resolve(path)] as const, [resolve(path), out] as const]), [resolve(values.key), out] as const];
    if (values.map !== undefined) apart.push([resolve(values.map), out]);
    for (const [inner, outer] of apart)
      if (await isWithin(inner, outer)) throw new UsageError("Expected files and the folder to write apart, and key and map outside of it");
    await keyIn(values.key);
    const { files, absent } = await filesOf(paths);
    // The numbers start anew: two folders' files would be mixed.
    const claimed = await claimFolder(out, { program: "deidentify", isOwn: (path) => /^\d{6,}\.dcm$/.test(path) });
    try {
      const key = await keyOf(values.key);
      const dates = values["shift-dates"] ? "shift" : "remove";
      const options = { key, dates, device: values["keep-device"], pixelsAreClean: values["pixels-are-clean"] } as const;
      const leftOut = new Map<string, number>();
      if (absent.length > 0) leftOut.set("absent", absent.length);
      const shown = progress("deidentify", files.length);
      const rows: (readonly (string | undefined)[])[] = [["file", "studyInstanceUid", "number", "newStudyInstanceUid", "left out"]];
      for (const path of absent) rows.push([path, undefined, undefined, undefined, "absent"]);
      let written = 0;
      // In an order that only the key tells: that of the old names may be that of patients or of dates.
      const place = (name: string) => createHmac("sha256", key).update(`order\n${name}`).digest("hex");
      const ordered = files.map(({ path, root }) => ({ path, at: place(relative(root, path)) })).sort((a, b) => (a.at < b.at ? -1 : 1));
      for (const [index, { path }] of ordered.entries()) {
        const clean = await cleaned(path, options).catch((error: unknown) => {
          // Whatever is wrong with one file, the others are written.
          const code = error instanceof DicomError || error instanceof FilesError ? error.code : "unexpected";
          leftOut.set(code, (leftOut.get(code) ?? 0) + 1);
          rows.push([path, undefined, undefined, undefined, code]);
          return undefined;
        });
        if (clean) {
          const number = String(++written).padStart(6, "0");
          await writeFileAtomically(join(out, `${number}.dcm`), clean.bytes, { durable: false });
          rows.push([path, clean.study, number, clean.newStudy, undefined]);
        }
        shown.update(index + 1);
      }
      if (values.map !== undefined) await writeFileAtomically(values.map, formatDelimited(rows, { separator: "\t" }));
      await claimed.finish();
      shown.end(`${written} files`);
      const print = printer(values.json);
      print.give({ written, leftOut: Object.fromEntries(leftOut) });
      for (const [code, count] of leftOut) print.say(`left out: ${count} [${code}]\n`);
      print.say(`${written} files written\n`);
      // A file of another kind is none of these; a DICOM file that is missing from the archive is told by the exit code too.
      if ([...leftOut.keys()].some((code) => code !== "not-dicom")) process.exitCode = 1;
    } finally {
      await claimed.release();
    }
  },
);

async function cleaned(path: string, options: DeidentifyOptions) {
  const bytes = await readRegularFile(path, { maxBytes });
  const clean = await deidentify(bytes, options);
  return { bytes: clean, study: await studyOf(bytes), newStudy: await studyOf(clean) };
}

/** Study Instance UID of a file, as it is written there; empty where it names none. */
async function studyOf(bytes: Uint8Array): Promise<string> {
  const { dataSet } = await parseDicom(bytes);
  const { offset, length } = dataSet.elements.get(tags.StudyInstanceUID) ?? { offset: 0, length: 0 };
  return new TextDecoder("latin1").decode(dataSet.bytes.subarray(offset, offset + length)).replace(/\0$/, "");
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
