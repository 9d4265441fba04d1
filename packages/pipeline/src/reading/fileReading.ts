import type { Laterality, ViewPosition } from "@mammo/mammogram";

/** What a table or a profile says of a file. Side, view and pixel size count where the file itself does not say. */
export interface FileReading {
  readonly laterality?: Laterality;
  readonly view?: ViewPosition;
  readonly mmPerPixel?: readonly [row: number, column: number];
  /** Files of one name are one exam, whatever studies they name. */
  readonly exam?: string;
  /** A crop or a mask of a film: no view to score. */
  readonly isPart?: boolean;
}
