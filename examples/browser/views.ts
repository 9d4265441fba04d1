import { readMammogram, type StandardImage } from "@mammo/io";
import { encodeDicom, planCohort, renderView } from "@mammo/phantom";

/** A DICOM file that the user picked -> the standard image. */
export async function viewOfFile(file: File): Promise<StandardImage> {
  return (await readMammogram(new Uint8Array(await file.arrayBuffer()))).image;
}

/** A synthetic woman's view with a malignant lesion, through the same door as a real file. */
export async function syntheticView(seed: number): Promise<StandardImage> {
  const [exam] = planCohort({ seed, women: 1, cancerShare: 1 });
  const view = exam!.images.find(({ lesions }) => lesions.some(({ malignant }) => malignant))!;
  return (await readMammogram(encodeDicom(renderView(view)))).image;
}
