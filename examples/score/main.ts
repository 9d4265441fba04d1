// npm run score: files, folders or DICOMDIRs with one or more exams -> 1-10 scores per finding, breast and exam, as JSON, as a page to look at, and as DICOM.
import { join } from "node:path";
import { buildReport, calibrate, type FindingReport, findingsOfBreast, nippleDistance } from "@mammo/ensemble";
import { boxToSource, type StandardImage, standardizationVersion } from "@mammo/io";
import type { ExamImage } from "@mammo/io/node";
import { examineView, heatmapPeaks } from "@mammo/models";
import { type Bundle, loadBundle } from "../shared/bundle.ts";
import { json, requireEmpty, writeWhole } from "../shared/files.ts";
import { groupBy } from "../shared/groupBy.ts";
import { malignantClasses } from "../shared/heat.ts";
import { program, UsageError } from "../shared/program.ts";
import { progress } from "../shared/progress.ts";
import { localTime, writeDicom } from "./dicom.ts";
import { examsIn } from "./exams.ts";
import type { Look, PlacedReport } from "./look.ts";
import { scorePage } from "./page.ts";
import { readImage } from "./readImage.ts";

await program(
  {
    usage: "npm run score -- FILES, FOLDERS OR DICOMDIRS... [--weights DIR] [--html FILE] [--dicom DIR] [--out FILE]",
    about: "Scores the mammography exams in DICOM files, folders and DICOMDIRs: JSON on stdout, or to --out.",
    takesFiles: true,
    options: {
      weights: { kind: "text", default: "runs/phantom/bundle", help: "the bundle that npm run dream wrote" },
      html: { kind: "text", help: "also a page with the views, their heatmaps and findings" },
      dicom: { kind: "text", help: "new or empty folder: also DICOM files for an archive: CAD SR, summary page, boxes and heatmap of each image" },
      out: { kind: "text", help: "the JSON's file; stdout without it" },
      seed: { kind: "number", default: 1, integer: true, help: "taken for the sake of uniformity; scoring draws nothing" },
    },
  },
  async (values, files) => {
    if (files.length === 0) throw new UsageError("Expected at least one DICOM file or folder; see --help");
    if (values.dicom) await requireEmpty(values.dicom); // Another exam's heatmap beside this report would pass for this woman's.
    const bundle = await loadBundle(values.weights);
    if (bundle.standardization !== standardizationVersion)
      throw Object.assign(new Error(`Expected weights trained on ${standardizationVersion}, got ${bundle.standardization}`), {
        code: "other-standardization",
      });
    const exams = await examsIn(files);
    const total = exams.reduce((sum, { images }) => sum + images.length, 0);
    const shown = progress("score", total);
    const looks: Look[][] = [];
    let done = 0;
    for (const { images } of exams) {
      const own: Look[] = [];
      for (const image of images) {
        own.push(await lookAt(image, bundle));
        shown.update(++done);
      }
      looks.push(own);
    }
    shown.end(`${total} images`);
    const reports = exams.map(({ leftOut, missing }, index) => ({ ...reportOf(`exam ${index + 1}`, looks[index]!, bundle), leftOut, missing }));
    const { provenance, weightsSha256, trainedOn, calibrator, standardization } = bundle;
    const text = json({
      exams: reports,
      weights: { sha256: weightsSha256, trainedOn, calibrator, standardization, provenance },
      notice: "Not a medical device. For research only.",
    });
    if (values.out) await writeWhole(values.out, text);
    else process.stdout.write(text);
    if (values.html) await writeWhole(values.html, scorePage(reports, looks.flat(), trainedOn));
    if (values.dicom) {
      const options = { at: localTime(new Date()), algorithm: { name: "mammo DreamNet", version: `weights ${weightsSha256.slice(0, 16)}` } };
      for (const [index, report] of reports.entries()) await writeDicom(join(values.dicom, `exam-${index + 1}`), report, looks[index]!, options);
    }
    bundle.model.dispose();
  },
);

async function lookAt({ path, sha256: file }: ExamImage, { model }: Bundle): Promise<Look> {
  const image = await readImage({ path, sha256: file });
  return { path, file, image, examination: await examineView(model, image) };
}

function reportOf(study: string, looks: readonly Look[], { calibrator, scale }: Bundle): Omit<PlacedReport, "leftOut" | "missing"> {
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
