// npm run standardize: every mammogram of a folder becomes a standard picture; --report compares the devices, --sheet shows what was found.
import { mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { DicomError, type StandardImage } from "@mammo/io";
import { encode } from "fast-png";
import { writeWhole } from "../shared/files.ts";
import { program, UsageError } from "../shared/program.ts";
import { tsvRow } from "../shared/tsvRow.ts";
import { drift } from "./drift.ts";
import { findInputs, type Source, sources } from "./inputs.ts";
import { lookAt } from "./look.ts";
import { type Measurement, measure } from "./measure.ts";
import { reportPage, type Sample } from "./report.ts";
import { sheetFigure, sheetPage } from "./sheet.ts";
import { thumbnail } from "./thumbnail.ts";

/** Pictures on a page of the contact sheet. */
const sheetSize = 60;

/** 300 x 200 mm, the standard canvas. */
const sizeOf = (mmPerPixel: number): readonly [number, number] => [Math.round(300 / mmPerPixel), Math.round(200 / mmPerPixel)];

const pngOf = ({ rows, columns, pixels }: StandardImage): Uint8Array =>
  encode({ width: columns, height: rows, data: Uint16Array.from(pixels, (value) => Math.round(value * 65535)), channels: 1, depth: 16 });

const manifestCells = (image: StandardImage): readonly (string | number | undefined)[] => [
  image.source.sha256,
  image.laterality,
  image.view,
  image.mmPerPixel,
  image.toSource.join(" "),
  image.nipple.join(" "),
  image.nippleConfidence,
  image.pectoral?.confidence,
  image.flags.join(" "),
  image.standardization,
];

await program(
  {
    usage: "npm run standardize -- DIR [--report] [--sheet] [--out DIR]",
    about:
      "Standardizes the mammograms of a folder: 16-bit PNG pictures, a manifest, a report of the drift between devices, and a contact sheet to look at.",
    takesFiles: true,
    options: {
      source: { kind: "text", default: "dicom", choices: sources, help: "what the folder holds: DICOM files, or mini-MIAS" },
      report: { kind: "flag", help: "writes report.html: brightness, geometry and exposure by device, one mode or two" },
      sheet: { kind: "flag", help: "writes sheet-1.html, ...: every source with its breast, muscle and nipple outlined" },
      out: { kind: "text", default: "runs/standardize", help: "folder of the results" },
      "mm-per-pixel": { kind: "number", default: 0.25, range: [0.05, 5], help: "of the pictures" },
      "no-pictures": { kind: "flag", help: "leaves the PNG files out" },
    },
  },
  async (values, [folder, ...others]) => {
    if (folder === undefined || others.length > 0) throw new UsageError("Expected one folder; see --help");
    const inputs = await findInputs(resolve(folder), values.source as Source);
    await mkdir(join(values.out, "pictures"), { recursive: true });
    const rows = [
      "number\tfile\tsha256\tlaterality\tview\tmmPerPixel\ttoSource\tnipple\tnippleConfidence\tpectoralConfidence\tflags\tstandardization",
    ];
    const measurements: Measurement[] = [];
    const samples = new Map<string, Sample>();
    const failures: { readonly number: number; readonly name: string; readonly code: string; readonly reason: string }[] = [];
    let figures: string[] = [];
    const sheets = Math.ceil(inputs.length / sheetSize);
    for (const [index, input] of inputs.entries()) {
      const number = index + 1;
      try {
        const look = await lookAt(input, { mmPerPixel: values["mm-per-pixel"], size: sizeOf(values["mm-per-pixel"]) });
        const { header, image, whole } = look;
        // Numbered, since names of files may be names of patients.
        if (!values["no-pictures"])
          await writeWhole(join(values.out, `pictures/${String(number).padStart(6, "0")}.png`), pngOf(image), { lasting: false });
        rows.push(tsvRow([number, input.name, ...manifestCells(image)]));
        const measured = measure(header, image, values.source === "mias" ? "mini-MIAS films" : "unknown");
        measurements.push(measured);
        const key = `${measured.device} ${measured.view}`;
        if (values.report && !samples.has(key))
          samples.set(key, {
            device: measured.device,
            view: measured.view,
            standard: thumbnail(image, 240, 160),
            stretched: thumbnail(whole, 240, 160),
          });
        if (values.sheet) figures.push(sheetFigure(look, number));
      } catch (error) {
        if (!(error instanceof DicomError)) throw error;
        failures.push({ number, name: input.name, code: error.code, reason: error.message });
      }
      if (values.sheet && (number % sheetSize === 0 || number === inputs.length)) {
        const sheet = Math.ceil(number / sheetSize);
        await writeWhole(join(values.out, `sheet-${sheet}.html`), sheetPage(figures, { number: sheet, count: sheets }));
        figures = [];
      }
    }
    await writeWhole(join(values.out, "manifest.tsv"), `${rows.join("\n")}\n`);
    await writeWhole(
      join(values.out, "not-read.tsv"),
      `${["number\tfile\tcode\treason", ...failures.map((one) => tsvRow([one.number, one.name, one.code, one.reason]))].join("\n")}\n`,
    );
    console.log(`${measurements.length} of ${inputs.length} standardized; ${join(relative(process.cwd(), resolve(values.out)), "manifest.tsv")}`);
    for (const { number, code, reason } of failures) console.log(`not read: number ${number} (its file is in not-read.tsv), [${code}] ${reason}`);
    if (!values.report) return;
    await writeWhole(join(values.out, "report.html"), reportPage(measurements, failures, [...samples.values()]));
    const { view, ours, stretched } = drift(measurements);
    for (const [title, { isTold, isTwo, p, separation }] of [
      ["standardized", ours],
      ["stretched", stretched],
    ] as const)
      console.log(
        `proportions in ${view} views, ${title}: ${
          isTold ? `${isTwo ? `two modes, Ashman's D ${separation.toFixed(1)}` : "one mode"} (p ${p.toFixed(3)})` : "too few images to tell"
        }`,
      );
  },
);
