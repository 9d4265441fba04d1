// npm run standardize: every DICOM mammogram of a folder becomes a standard picture; --report compares the devices.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { DicomError, readMammogram } from "@mammo/io";
import { encode } from "fast-png";
import { writeWhole } from "../shared/files.ts";
import { program, UsageError } from "../shared/program.ts";
import { type Measurement, measure } from "./measure.ts";
import { drift, reportPage } from "./report.ts";

await program(
  {
    usage: "npm run standardize -- DIR [--report] [--out DIR]",
    about: "Standardizes the DICOM mammograms of a folder: 16-bit PNG pictures, a manifest, and a report of the drift between devices.",
    takesFiles: true,
    options: {
      report: { kind: "flag", help: "writes report.html: brightness and geometry by device, one mode or two" },
      out: { kind: "text", default: "runs/standardize", help: "folder of the results" },
      "mm-per-pixel": { kind: "number", default: 0.25, range: [0.05, 5], help: "of the pictures" },
      "no-pictures": { kind: "flag", help: "leaves the PNG files out" },
    },
  },
  async (values, [folder, ...others]) => {
    if (folder === undefined || others.length > 0) throw new UsageError("Expected one folder; see --help");
    const root = resolve(folder);
    const found = await readdir(root, { recursive: true }).catch(() => {
      throw new UsageError("Expected a folder that can be read");
    });
    const files = found.filter((name) => /\.(dcm|dicom)$/i.test(name)).sort();
    if (files.length === 0) throw new UsageError("Expected at least one .dcm file in the folder");
    await mkdir(join(values.out, "pictures"), { recursive: true });
    const rows = ["picture\tfile\tsha256\tlaterality\tview\tmmPerPixel\ttoSource\tflags\tstandardization"];
    const measurements: Measurement[] = [];
    const failures: string[] = [];
    for (const [index, name] of files.entries()) {
      const bytes = await readFile(join(root, name));
      try {
        const { header, image } = await readMammogram(bytes, {
          mmPerPixel: values["mm-per-pixel"],
          sha256: createHash("sha256").update(bytes).digest("hex"),
        });
        // Numbered, since names of files may be names of patients.
        const picture = `pictures/${String(index + 1).padStart(6, "0")}.png`;
        const data = Uint16Array.from(image.pixels, (value) => Math.round(value * 65535));
        if (!values["no-pictures"])
          await writeWhole(join(values.out, picture), encode({ width: image.columns, height: image.rows, data, channels: 1, depth: 16 }), {
            lasting: false,
          });
        rows.push(
          [
            picture,
            name,
            image.source.sha256,
            image.laterality,
            image.view,
            image.mmPerPixel,
            image.toSource.join(" "),
            image.flags.join(" "),
            image.standardization,
          ].join("\t"),
        );
        measurements.push(measure(header, image));
      } catch (error) {
        if (!(error instanceof DicomError)) throw error;
        failures.push(`${name}: ${error.code}`);
      }
    }
    await writeWhole(join(values.out, "manifest.tsv"), `${rows.join("\n")}\n`);
    console.log(
      `${measurements.length} of ${files.length} files standardized; ${join(relative(process.cwd(), resolve(values.out)), "manifest.tsv")}`,
    );
    for (const failure of failures) console.log(`not read: ${failure}`);
    if (!values.report) return;
    await writeWhole(join(values.out, "report.html"), reportPage(measurements, failures));
    const { view, ours, stretched } = drift(measurements);
    console.log(
      `two-mode evidence of proportions in ${view} views: standardized ${ours.evidence.toFixed(1)}, stretched ${stretched.evidence.toFixed(1)}`,
    );
  },
);
