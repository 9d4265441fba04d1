import type { StageSummary } from "@mammo/train/node";
import type { Provenance } from "../../run/provenance.ts";
import type { GraphsConfig } from "./graphsConfig.ts";
import type { FrocSummary, PairedAreas } from "./testGraphs.ts";

/** Areas of CaracNet and CaracNetSymmetry (malignant against benign lesions) or of DreamNet and DreamNetSymmetry (cancer against none). */
export interface SymmetrySummary {
  /** Each lesion, or each breast, of the test women. */
  readonly all: PairedAreas | undefined;
  /** The same of the cohort with asymmetries only … */
  readonly asymmetries: PairedAreas | undefined;
  /** … and its exams: the highest score of each. */
  readonly asymmetryExams: PairedAreas | undefined;
}

/** summary.json. */
export interface GraphsSummary {
  readonly config: GraphsConfig;
  readonly width: number;
  readonly standardization: string;
  readonly stages: readonly StageSummary[];
  readonly provenance: Provenance;
  readonly retinaNet?: FrocSummary;
  readonly caracNet?: SymmetrySummary;
  readonly dreamNet?: SymmetrySummary;
  readonly seconds: number;
}
