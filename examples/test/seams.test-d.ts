// The packages do not import each other; this file holds their seams together. It is compiled by the type check, never run.
import type * as ensemble from "@mammo/ensemble";
import type * as io from "@mammo/io";
import type * as ioNode from "@mammo/io/node";
import type * as ioWrite from "@mammo/io/write";
import type * as metrics from "@mammo/metrics";
import type * as models from "@mammo/models";
import type * as phantom from "@mammo/phantom";
import type * as train from "@mammo/train";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Fits<Given, Asked> = Given extends Asked ? true : false;
function holds<_Claim extends true>(): void {}

// The same words everywhere.
holds<Equal<io.Laterality, ensemble.Laterality>>();
holds<Equal<io.Laterality, phantom.Laterality>>();
holds<Equal<io.ViewPosition, ensemble.ViewPosition>>();
holds<Equal<ioNode.LesionKind, ensemble.LesionKind>>();
holds<Equal<ioNode.LesionKind, phantom.LesionKind>>();
holds<Equal<io.Box, ensemble.Box>>();
holds<Equal<io.Box, models.Box>>();
holds<Equal<io.Box, metrics.Box>>();
holds<Equal<io.Box, phantom.Box>>();
holds<Equal<io.Grid, models.Grid>>();

// What one package gives, the next one takes.
holds<Fits<io.StandardImage, models.Grid>>();
holds<Fits<ensemble.ExamReport, ioWrite.ReportedExam>>();
holds<Fits<models.Model, train.Trainable>>();
holds<Fits<models.DetectorNet, train.Trainable>>();
holds<Fits<models.DreamNet, train.Trainable>>();
holds<Fits<models.HeatmapPeak, ensemble.Peak>>();
holds<Fits<io.StandardImage, Parameters<typeof ensemble.nippleDistance>[1]>>();

// @ts-expect-error a view code that does not exist
export const noView: ensemble.ViewPosition = "OBL";
// @ts-expect-error a breast has a side
export const noSide: io.Laterality = "B";
