import { boxFromSource } from "@mammo/mammogram";
// A phantom exam of four views with a report in the shape of @mammo/ensemble's: what the tests of writing write.
import { devices, encodeDicom, growLesion, renderView } from "@mammo/phantom";
import { parseDicom, readMammogram } from "../src/index.ts";
import type { ReportedExam, ReportedImage, ReportOptions } from "../src/write.ts";

export const options: ReportOptions = { at: "2026-03-01T12:30:00", algorithm: { name: "phantom nets", version: "1.0" } };

const lesion = growLesion({ kind: "mass", malignant: true, center: [45, 8, 6], growth: 1, conspicuity: 2, seed: [3, "report"] });
const views = [
  ["L", "CC"],
  ["L", "MLO"],
  ["R", "CC"],
  ["R", "MLO"],
] as const;

async function view(laterality: "L" | "R", position: "CC" | "MLO", image: number) {
  const lesions = laterality === "L" ? [lesion] : [];
  const picture = renderView({ seed: 3, woman: 5, exam: 1, image, laterality, view: position, device: devices.deneb, lesions });
  const bytes = encodeDicom(picture);
  const { image: standard } = await readMammogram(bytes);
  const name = `${laterality}-${position}`;
  const reported: ReportedImage = { name, file: await parseDicom(bytes), standard };
  const sourceTruth = picture.lesions[0]?.box;
  return { reported, bytes, sourceTruth, box: sourceTruth ? boxFromSource(sourceTruth, standard) : { top: 600, left: 100, bottom: 660, right: 170 } };
}

/** A mass in both views of the left breast, a place of no kind and a calcification on the right. */
export async function phantomExam() {
  const [lcc, lmlo, rcc, rmlo] = await Promise.all(views.map(([laterality, position], index) => view(laterality, position, index + 1)));
  const left = { laterality: "L" as const, probability: 0.31337, score: 9, kind: "mass" as const };
  const right = { laterality: "R" as const, probability: 0.0042, score: 2 };
  const exam: ReportedExam = {
    probability: left.probability,
    score: left.score,
    breasts: [
      {
        ...left,
        lesions: [
          {
            ...left,
            pairProbability: 0.925,
            place: { region: "upper outer", third: "middle", mmFromNipple: 43 },
            findings: [
              { ...left, view: "CC", image: "L-CC", box: lcc!.box },
              { ...left, probability: 0.12, score: 7, view: "MLO", image: "L-MLO", box: lmlo!.box },
            ],
          },
        ],
      },
      {
        ...right,
        lesions: [
          { ...right, findings: [{ ...right, view: "CC", box: rcc!.box }] },
          {
            ...right,
            probability: 0.001,
            score: 1,
            findings: [{ ...right, probability: 0.001, score: 1, view: "MLO", box: rmlo!.box, kind: "calcification" }],
          },
        ],
      },
    ],
  };
  const all = [lcc!, lmlo!, rcc!, rmlo!];
  return { exam, images: all.map(({ reported }) => reported), files: all.map(({ bytes }) => bytes), truth: [lcc!.sourceTruth!, lmlo!.sourceTruth!] };
}
