// The members of a run on views that none has seen, exam by exam: symmetry nets look at both breasts.
import type { HeatmapLogits } from "@mammo/models";
import type { FamilyExamination, ViewOfExam } from "../../bundle/families/family.ts";
import { groupBy } from "../../groupBy.ts";
import type { Progress } from "../../progress.ts";
import { examineExams, meanHeatmap } from "../../score/examineExams.ts";
import type { StoredView } from "../../store/imageStore.ts";
import type { TrainedMember } from "./trainFamilies.ts";
import { toGrid } from "./viewBatches.ts";

/** What each member says of a view, and the mean of their heatmaps. */
export interface StoredExamination {
  readonly view: StoredView;
  readonly said: readonly FamilyExamination[];
  readonly heatmap: HeatmapLogits;
}

/** Views through all members, in the views' order. Yields after each exam. */
export async function* examineStored(
  phase: string,
  trained: readonly TrainedMember[],
  { views, seed }: { readonly views: readonly StoredView[]; readonly seed: number },
): AsyncGenerator<Progress, StoredExamination[]> {
  const members = trained.map(({ family }) => ({ name: family, family, seed }));
  const found = new Map<StoredView, StoredExamination>();
  for (const exam of groupBy(views, ({ patientId }) => patientId).values()) {
    const images: ViewOfExam[] = [];
    for (const { laterality, view, read } of exam) {
      const stored = await read();
      images.push({ ...toGrid(stored), laterality, view, mmPerPixel: stored.mmPerPixel, nipple: stored.nipple });
    }
    const [said] = await examineExams([images], { members, get: async (index) => trained[index]!.model });
    for (const [at, view] of exam.entries()) {
      const own = said![at]!;
      found.set(view, { view, said: own, heatmap: meanHeatmap(own.flatMap(({ heatmap }) => heatmap ?? [])) });
    }
    yield { phase, done: found.size, total: views.length };
  }
  return views.map((view) => found.get(view)!);
}
