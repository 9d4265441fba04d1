// Cancers that are marked in both views of a breast: does the report show them as one lesion?
import { openShards, readShardImage } from "@mammo/io/shards";
import { type Box, boxCenter } from "@mammo/mammogram";
import type { Bundle } from "../../bundle/bundle.ts";
import { groupBy } from "../../groupBy.ts";
import type { Progress } from "../../progress.ts";
import { openMembers } from "../../score/examineExams.ts";
import { scoreExams } from "../../score/scoreExam.ts";
import type { StoredView } from "../../store/imageStore.ts";

/** What the reports of test women make of cancers that are marked in a CC and in an MLO view of one breast. */
export interface PairedCancers {
  readonly cancers: number;
  /** Found in both views: the middle of a finding lies in the marked box, or the middle of the box in the finding. */
  readonly foundInBoth: number;
  /** Of all: shown as one lesion, seen in both views. */
  readonly paired: number;
}

/**
 * Scores the exams of women with such cancers by the bundle, as `scoreExam` does, and looks for the pairs. Yields phase "pairs".
 *
 * @throws PipelineError as `scoreExam`.
 */
export async function* pairCancers(bundle: Bundle, views: readonly StoredView[]): AsyncGenerator<Progress, PairedCancers> {
  const breasts = [...groupBy(views, ({ patientId, laterality }) => `${patientId} ${laterality}`).values()];
  const cancers = breasts.flatMap((own) => {
    const [cc, mlo] = [markedIn(own, "CC"), markedIn(own, "MLO")];
    return cc && mlo ? [{ cc, mlo }] : [];
  });
  const members = openMembers(bundle);
  let [foundInBoth, paired, done] = [0, 0, 0];
  try {
    for (const { cc, mlo } of cancers) {
      const own = views.filter(({ patientId }) => patientId === cc.view.patientId);
      const shards = await openShards(own[0]!.stored!.folder);
      const images = await Promise.all(own.map(({ stored }) => readShardImage(shards, stored!.index)));
      const [scored] = await scoreExams([{ images }], members);
      const lesionsAt = ({ view, box }: Marked) =>
        scored!.report.images[own.indexOf(view)]!.findings.filter((finding) => isAt(finding.box, box)).map(({ lesion }) => lesion);
      const [inCc, inMlo] = [lesionsAt(cc), lesionsAt(mlo)];
      if (inCc.length > 0 && inMlo.length > 0) foundInBoth++;
      if (inCc.some((lesion) => inMlo.includes(lesion))) paired++;
      yield { phase: "pairs", done: ++done, total: cancers.length };
    }
  } finally {
    await members.dispose();
  }
  return { cancers: cancers.length, foundInBoth, paired };
}

interface Marked {
  readonly view: StoredView;
  readonly box: Box;
}

function markedIn(views: readonly StoredView[], position: string): Marked | undefined {
  for (const view of views) {
    const lesion = view.view === position ? view.lesions.find(({ malignant }) => malignant) : undefined;
    if (lesion && view.stored) return { view, box: lesion.box };
  }
  return undefined;
}

const isAt = (found: Box, marked: Box): boolean => holds(marked, boxCenter(found)) || holds(found, boxCenter(marked));

const holds = ({ top, left, bottom, right }: Box, [row, column]: readonly [number, number]): boolean =>
  row >= top && row <= bottom && column >= left && column <= right;
