// npm run standardize: every mammogram becomes a standard image; --report compares the devices, --sheet shows what was found.
import { join, relative, resolve } from "node:path";
import { formatDelimited, type Html } from "@mammo/files";
import { claimFolder, writeFileAtomically } from "@mammo/files/node";
import { DicomError } from "@mammo/io";
import {
  deviceSamples,
  drift,
  driftReport,
  type Measurement,
  manifestHeads,
  manifestRow,
  measureImage,
  segmentSource,
  sheetFigure,
  sheetPage,
  standardPng,
} from "@mammo/pipeline";
import { listSources, type SourceKind, sourceKinds } from "@mammo/pipeline/node";
import { flagsOf, withoutLibraryOptions } from "../cli/leftOut.ts";
import { filesFrom, namedPaths } from "../cli/namedPaths.ts";
import { printer } from "../cli/printer.ts";
import { jsonOption, program } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";
import { readingOptions, readingRules, sourceMmPerPixel } from "../cli/readingOptions.ts";

/** Images on a page of the contact sheet. */
const sheetSize = 60;

/** The files of --out. */
const isOwn = (path: string): boolean => /^(pictures\/\d{6,}\.png|(manifest|not-read)\.tsv|report\.html|sheet-\d+\.html)$/.test(path);

await program(
  {
    usage: "npm run standardize -- FILES, FOLDERS OR DICOMDIRS... [--report] [--sheet] [--out DIR] [options]",
    about: `Standardizes mammograms: 16-bit PNG images, a manifest, a report of the drift between devices, and a contact sheet to look at.
Images that cannot be read are told by number, and by the file's name in not-read.tsv; the others are written, and it ends with 1.`,
    takesFiles: true,
    options: {
      source: { kind: "text", default: "dicom", choices: sourceKinds, help: "what the folder holds: DICOM files, or mini-MIAS" },
      report: { kind: "flag", help: "writes report.html: brightness, geometry and exposure by device, one mode or two" },
      sheet: { kind: "flag", help: "writes sheet-1.html, ...: every source with its breast, muscle and nipple outlined" },
      out: { kind: "text", default: "runs/standardize", help: "folder of the results" },
      "mm-per-pixel": { kind: "number", default: 0.25, range: [0.05, 5], help: "of the images that are written" },
      "no-pictures": { kind: "flag", help: "leaves the PNG files out" },
      json: jsonOption,
      "files-from": filesFrom,
      "source-mm-per-pixel": sourceMmPerPixel,
      ...readingOptions,
    },
  },
  async ({ out, "mm-per-pixel": mmPerPixel, ...values }, named) => {
    const paths = await namedPaths(named, values["files-from"]);
    const rules = await readingRules({ ...values, sourceMmPerPixel: values["source-mm-per-pixel"] });
    const sources = await listSources(paths, values.source as SourceKind, rules);
    // Pictures of another folder would stay beside these.
    const claimed = await claimFolder(out, { program: "standardize", isOwn });
    try {
      await standardizeAll();
      await claimed.finish();
    } finally {
      await claimed.release();
    }

    async function standardizeAll(): Promise<void> {
      const write = (name: string, content: string | Uint8Array) => writeFileAtomically(join(out, name), content, { durable: false });
      const size = [Math.round(300 / mmPerPixel), Math.round(200 / mmPerPixel)] as const; // 300 x 200 mm, the standard canvas
      const rows: (readonly (string | number | undefined)[])[] = [manifestHeads];
      const measurements: Measurement[] = [];
      const { samples, add } = deviceSamples();
      const failures: { readonly number: number; readonly name: string; readonly code: string; readonly reason: string }[] = [];
      let figures: Html[] = [];
      const shown = progress("standardize", sources.length);
      for (const [index, source] of sources.entries()) {
        const number = index + 1;
        try {
          const segmented = await segmentSource(source, { mmPerPixel, size });
          // Numbered, since names of files may be names of patients.
          if (!values["no-pictures"]) await write(`pictures/${String(number).padStart(6, "0")}.png`, standardPng(segmented.image));
          rows.push(manifestRow(number, source.name, segmented.image));
          const measured = measureImage(segmented.header, segmented.image, values.source === "mias" ? "mini-MIAS films" : "unknown");
          measurements.push(measured);
          if (values.report) add(segmented, measured);
          if (values.sheet) figures.push(sheetFigure(segmented, number));
        } catch (error) {
          if (!(error instanceof DicomError)) throw error;
          const flags = flagsOf(await source.needs(), { mmPerPixel: "--source-mm-per-pixel N" });
          failures.push({
            number,
            name: source.name,
            code: error.code,
            reason: withoutLibraryOptions(error.message) + (flags ? `; read by ${flags}` : ""),
          });
        }
        if (values.sheet && (number % sheetSize === 0 || number === sources.length)) {
          const sheet = Math.ceil(number / sheetSize);
          await write(`sheet-${sheet}.html`, sheetPage(figures, { number: sheet, count: Math.ceil(sources.length / sheetSize) }));
          figures = [];
        }
        shown.update(number);
      }
      shown.end(`${measurements.length} images`);
      await write("manifest.tsv", formatDelimited(rows, { separator: "\t" }));
      const unread = [["number", "file", "code", "reason"], ...failures.map(({ number, name, code, reason }) => [number, name, code, reason])];
      await write("not-read.tsv", formatDelimited(unread, { separator: "\t" }));
      const print = printer(values.json);
      print.say(`${measurements.length} of ${sources.length} standardized; ${join(relative(process.cwd(), resolve(out)), "manifest.tsv")}\n`);
      for (const { number, code, reason } of failures) print.say(`not read: number ${number} (its file is in not-read.tsv), [${code}] ${reason}\n`);
      if (failures.length > 0) process.exitCode = 1;
      const notRead = failures.map(({ number, code, reason }) => ({ number, code, reason }));
      const found = values.report ? drift(measurements) : undefined;
      print.give({ standardized: measurements.length, of: sources.length, notRead, ...(found && { drift: found }) });
      if (found === undefined) return;
      await write("report.html", driftReport(measurements, failures, samples));
      const { view, ...proportions } = found;
      for (const title of ["standardized", "stretched"] as const) {
        const { isDecidable, isBimodal, p, separation } = proportions[title];
        const modes = isBimodal ? `two modes, Ashman's D ${separation.toFixed(1)}` : "one mode";
        print.say(`proportions in ${view} views, ${title}: ${isDecidable ? `${modes} (p ${p.toFixed(3)})` : "too few images to tell"}\n`);
      }
    }
  },
);
