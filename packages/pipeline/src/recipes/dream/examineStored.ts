// Members on views that none has seen, exam by exam: symmetry nets look at both breasts.
import type { FamilyExamination, ViewOfExam } from "../../bundle/families/family.ts";
import { groupBy } from "../../groupBy.ts";
import type { Progress } from "../../progress.ts";
import { type Examiners, examineExams } from "../../score/examineExams.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { toGrid } from "./viewBatches.ts";

/** What each member says of a view. */
export interface StoredExamination {
  readonly view: StoredView;
  readonly said: readonly FamilyExamination[];
}

/** Views through all members, in the views' order. Yields after each exam. */
export async function* examineStored(
  phase: string,
  members: Examiners["members"],
  { views, get }: { readonly views: readonly StoredView[] } & Pick<Examiners, "get">,
): AsyncGenerator<Progress, StoredExamination[]> {
  const found = new Map<StoredView, StoredExamination>();
  for (const exam of groupBy(views, ({ patientId }) => patientId).values()) {
    const images: ViewOfExam[] = [];
    for (const { laterality, view, read } of exam) {
      const stored = await read();
      images.push({ ...toGrid(stored), laterality, view, mmPerPixel: stored.mmPerPixel, nipple: stored.nipple });
    }
    const [said] = await examineExams([images], { members, get });
    for (const [at, view] of exam.entries()) found.set(view, { view, said: said![at]! });
    yield { phase, done: found.size, total: views.length };
  }
  return views.map((view) => found.get(view)!);
}
