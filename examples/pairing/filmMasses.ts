import { type PlaceInBreast, placeInBreast } from "@mammo/ensemble";
import { type Cohort, type CohortImage, readCohortImage } from "@mammo/io/node";
import { boxFromSource, type Laterality } from "@mammo/mammogram";

/** A mass that a radiologist has outlined in both views of a breast. */
export interface TwoViewMass {
  readonly patientId: string;
  readonly laterality: Laterality;
  readonly abnormality: string;
  readonly malignant: boolean;
  readonly cc: PlaceInBreast;
  readonly mlo: PlaceInBreast;
}

/** The masses of a cohort that are marked in CC and MLO, by their places after standardization. Reads the films of those masses only; yields after each. */
export async function* filmMasses(
  cohort: Cohort,
): AsyncGenerator<{ readonly phase: string; readonly done: number; readonly total: number }, readonly TwoViewMass[]> {
  const marked = cohort.images.flatMap((image) =>
    (image.lesions ?? []).map((lesion) => ({
      image,
      lesion,
      key: `${image.patientId} ${image.laterality} ${lesion.description?.["abnormality_id"]}`,
    })),
  );
  const inView = (view: string) => new Map(marked.filter(({ image }) => image.view === view).map((one) => [one.key, one]));
  const [cc, mlo] = [inView("CC"), inView("MLO")];
  const both = [...cc.keys()].filter((key) => mlo.has(key));
  const films = new Set(both.flatMap((key) => [cc.get(key)!.image, mlo.get(key)!.image]));
  const places = new Map<(typeof marked)[number], PlaceInBreast>();
  let done = 0;
  for (const image of films) {
    const standard = await readCohortImage(image);
    for (const one of marked) if (one.image === image) places.set(one, placeInBreast(boxFromSource(one.lesion.box, standard), standard));
    yield { phase: "films", done: ++done, total: films.size };
  }
  return both.map((key) => {
    const [a, b] = [cc.get(key)!, mlo.get(key)!];
    const { patientId, laterality }: CohortImage = a.image;
    return {
      patientId,
      laterality,
      abnormality: a.lesion.description!["abnormality_id"]!,
      malignant: a.lesion.malignant,
      cc: places.get(a)!,
      mlo: places.get(b)!,
    };
  });
}
