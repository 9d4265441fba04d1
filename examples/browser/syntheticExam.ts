import { encodeDicom, planCohort, renderView } from "@mammo/phantom";
import type { PickedFile } from "./pickedFiles.ts";

/** The DICOM files of a synthetic woman with a malignant lesion, through the same door as real ones. */
export function* syntheticExam(seed: number): Generator<PickedFile> {
  const [exam] = planCohort({ seed, women: 1, cancerShare: 1, priorShare: 0 });
  for (const [index, view] of exam!.images.entries()) {
    const name = `synthetic-${index + 1}.dcm`;
    yield { path: name, file: new File([encodeDicom(renderView(view)) as Uint8Array<ArrayBuffer>], name) };
  }
}
