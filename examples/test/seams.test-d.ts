// Shapes on which packages agree without importing each other. Compiled by the type check, never run.
import type * as ensemble from "@mammo/ensemble";
import type * as io from "@mammo/io";
import type * as ioWrite from "@mammo/io/write";
import type * as models from "@mammo/models";
import type * as pipeline from "@mammo/pipeline";
import type * as train from "@mammo/train";

type Fits<Given, Asked> = Given extends Asked ? true : false;
function holds<_Statement extends true>(): void {}

holds<Fits<ensemble.ExamReport, ioWrite.ReportedExam>>();
holds<Fits<models.DetectorNet, train.Trainable>>();
holds<Fits<models.DreamNet, train.Trainable>>();
holds<Fits<models.HeatmapPeak, ensemble.Peak>>();
holds<Fits<io.StandardImage, ensemble.Landmarks>>();
holds<Fits<io.Exam, pipeline.ExamImages>>();
