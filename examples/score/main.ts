// npm run score: DICOM files of one or more exams -> 1-10 scores per finding, breast and exam, as JSON, as a page to look at, and as DICOM.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildReport, calibrate, type FindingReport, findingsOfBreast, nippleDistance } from "@mammo/ensemble";
import { boxToSource, readMammogram, type StandardImage, standardizationVersion } from "@mammo/io";
import { examineView, heatmapPeaks } from "@mammo/models";
import { type Bundle, loadBundle } from "../shared/bundle.ts";
import { json, sha256, writeWhole } from "../shared/files.ts";
import { groupBy } from "../shared/groupBy.ts";
import { malignantClasses } from "../shared/heat.ts";
import { program, UsageError } from "../shared/program.ts";
import { progress } from "../shared/progress.ts";
import { localTime, writeDicom } from "./dicom.ts";
import type { Look, PlacedReport } from "./look.ts";
import { scorePage } from "./page.ts";

await program(
  {
    usage: "npm run score -- FILES... [--weights DIR] [--html FILE] [--dicom DIR] [--out FILE]",
    about: "Scores the DICOM files of one or more mammography exams: JSON on stdout, or to --out.",
    takesFiles: true,
    options: {
      weights: { kind: "text", default: "runs/phantom/bundle", help: "the bundle that npm run dream wrote" },
      html: { kind: "text", help: "also a page with the views, their heatmaps and findings" },
      dicom: { kind: "text", help: "also DICOM files for an archive: CAD SR, summary page, boxes over each image" },
      out: { kind: "text", help: "the JSON's file; stdout without it" },
      seed: { kind: "number", default: 1, integer: true, help: "taken for the sake of uniformity; scoring draws nothing" },
    },
  },
  async (values, files) => {
    if (files.length === 0) throw new UsageError("Expected at least one DICOM file; see --help");
    const bundle = await loadBundle(values.weights);
    if (bundle.standardization !== standardizationVersion)
      throw Object.assign(new Error(`Expected weights trained on ${standardizationVersion}, got ${bundle.standardization}`), {
        code: "other-standardization",
      });
    const looks: Look[] = [];
    const shown = progress("score", files.length);
    for (const path of files) {
      const look = await lookAt(path, bundle);
      if (looks.some(({ file }) => file === look.file)) throw new UsageError(`Expected each file once, got the content of ${basename(path)} twice`);
      looks.push(look);
      shown.update(looks.length);
    }
    shown.end(`${files.length} images`);
    const exams = [...groupBy(looks, ({ study }) => study).values()];
    const reports = exams.map((own, index) => reportOf(`exam ${index + 1}`, own, bundle));
    const { provenance, weightsSha256, trainedOn, calibrator, standardization } = bundle;
    const text = json({
      exams: reports,
      weights: { sha256: weightsSha256, trainedOn, calibrator, standardization, provenance },
      notice: "Not a medical device. For research only.",
    });
    if (values.out) await writeWhole(values.out, text);
    else process.stdout.write(text);
    if (values.html) await writeWhole(values.html, scorePage(reports, looks, trainedOn));
    if (values.dicom) {
      const options = { at: localTime(new Date()), algorithm: { name: "mammo DreamNet", version: `weights ${weightsSha256.slice(0, 16)}` } };
      for (const [index, report] of reports.entries()) await writeDicom(join(values.dicom, `exam-${index + 1}`), report, exams[index]!, options);
    }
    bundle.model.dispose();
  },
);

async function lookAt(path: string, { model }: Bundle): Promise<Look> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw Object.assign(new Error(`Expected to read ${basename(path)}, got ${cause.code}`, { cause }), { code: "missing-file" });
  });
  const { header, image } = await readMammogram(bytes).catch((cause: Error & { readonly code?: string }) => {
    throw Object.assign(new Error(`${basename(path)}: ${cause.message}`, { cause }), { code: cause.code });
  });
  return { path, file: sha256(bytes), study: header.studyInstanceUid ?? path, image, examination: await examineView(model, image) };
}

function reportOf(study: string, looks: readonly Look[], { calibrator, scale }: Bundle): PlacedReport {
  const breasts = [...groupBy(looks, ({ image }) => image.laterality).values()];
  const findings = breasts.flatMap((own) =>
    findingsOfBreast(
      own.map(({ file, image, examination: { logit, heatmap } }) => ({
        laterality: image.laterality,
        view: image.view,
        image: file,
        probability: calibrate(calibrator, logit),
        peaks: heatmapPeaks(heatmap, { classes: malignantClasses, view: image }).map(({ box, evidence, class: kind }) => ({
          box,
          evidence,
          kind: kind === 3 ? ("calcification" as const) : ("mass" as const),
          nippleDistance: nippleDistance(box, image),
        })),
      })),
    ),
  );
  const report = buildReport({ study, findings }, scale);
  const reported = report.breasts.flatMap(({ lesions }) => lesions.flatMap((lesion) => lesion.findings));
  const images = looks.map(({ file, image }) => ({
    file,
    view: `${image.laterality}-${image.view}`,
    flags: image.flags,
    findings: reported.filter((finding) => finding.image === file).map((finding) => place(finding, image)),
  }));
  return { ...report, images };
}

function place(finding: FindingReport, image: StandardImage) {
  const { box } = finding;
  const mm = (pixels: number) => Math.round(pixels * image.mmPerPixel * 10) / 10;
  return {
    ...finding,
    sourceBox: boxToSource(box, image),
    mm: {
      height: mm(box.bottom - box.top),
      width: mm(box.right - box.left),
      fromChestWall: mm((box.left + box.right) / 2),
      fromNipple: Math.round(finding.nippleDistance! * 10) / 10,
    },
  };
}
