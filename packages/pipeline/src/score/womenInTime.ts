import { tags } from "@mammo/io";
import { groupBy } from "../groupBy.ts";
import { dataSetOf, textOf } from "../reading/dataSetOf.ts";
import type { ChosenExam } from "./chooseExams.ts";

/** Whose an exam is, and when it was made. Holds patient data: for comparing exams, not for a report. */
interface ExamTime {
  readonly woman: string;
  /** Days since 1970. */
  readonly day: number;
}

/** Exams in an order in which a woman's come one after the other, the oldest first, and how they lie in time. */
export interface WomenInTime {
  readonly exams: readonly ChosenExam[];
  /** Days from one exam to a later one of the same woman, by the path of any image of each; undefined of other women, of exams without a date and of one day, and backwards. */
  daysBetween(earlier: string, later: string): number | undefined;
}

/**
 * Finds the exams of one woman by Patient ID, its issuer and her date of birth, and puts them in the order of their Study Dates at the place of her first one: what a page with prior exams needs. Exams of which the files do not say it
 * stay where they are.
 *
 * @throws DicomError and FilesError for files that can no longer be read.
 */
export async function womenInTime(exams: readonly ChosenExam[]): Promise<WomenInTime> {
  const timed: { readonly exam: ChosenExam; readonly time: ExamTime | undefined }[] = [];
  for (const exam of exams) timed.push({ exam, time: exams.length > 1 ? await timeOf(exam) : undefined });
  const byWoman = groupBy(timed.entries(), ([place, { time }]) => time?.woman ?? place);
  const times = new Map(timed.flatMap(({ exam, time }) => exam.images.map(({ path }) => [path, time] as const)));
  return {
    exams: [...byWoman.values()].flatMap((own) =>
      own
        .map(([, one]) => one)
        .sort((a, b) => (a.time?.day ?? 0) - (b.time?.day ?? 0))
        .map(({ exam }) => exam),
    ),
    daysBetween(earlier, later) {
      const [before, now] = [times.get(earlier), times.get(later)];
      if (before === undefined || now === undefined || before.woman !== now.woman || before.day >= now.day) return undefined;
      return now.day - before.day;
    },
  };
}

async function timeOf({ files, images }: ChosenExam): Promise<ExamTime | undefined> {
  const dataSet = await dataSetOf((files[0] ?? images[0])!.path);
  const [id, issuer, born, date] = [tags.PatientID, tags.IssuerOfPatientID, tags.PatientBirthDate, tags.StudyDate].map((tag) => textOf(dataSet, tag));
  const day = /^\d{8}$/.test(date!) ? Date.UTC(Number(date!.slice(0, 4)), Number(date!.slice(4, 6)) - 1, Number(date!.slice(6))) / 86_400_000 : NaN;
  return id === "" || !Number.isFinite(day) ? undefined : { woman: JSON.stringify([id, issuer, born]), day };
}
