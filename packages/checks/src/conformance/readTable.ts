import { parseDelimited } from "@mammo/files";
import { TransferSyntax } from "@mammo/io";

/** What the references make of one file: a line of EXPECTED_PIXELS.tsv. */
export interface Row {
  readonly path: string;
  readonly syntax: string;
  readonly isLossy: boolean;
  /** Which references agree: both-agree, one by its name, differ, none. */
  readonly oracle: string;
  readonly sha256: string;
  /** NaN where the references give bytes but cannot say of what size. */
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bitsAllocated: number;
  readonly isSigned: boolean;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

const lossy: readonly string[] = [
  TransferSyntax.jpegBaseline,
  TransferSyntax.jpegExtended,
  TransferSyntax.jpegSpectralSelection,
  TransferSyntax.jpegFullProgression,
  TransferSyntax.jpegLsNearLossless,
  TransferSyntax.jpeg2000,
];

/**
 * EXPECTED_PIXELS.tsv -> its rows; columns are found by their names.
 *
 * @throws Error where a column that is needed is absent
 */
export function readTable(table: string): readonly Row[] {
  const { columns, rows } = parseDelimited(table, { separator: "\t", quotes: false, ragged: true });
  for (const name of ["path", "transfer_syntax", "oracle", "sha256_le_pixels"])
    if (!columns.includes(name)) throw new Error(`Expected a column ${name} in EXPECTED_PIXELS.tsv`);
  return rows.map(({ cells }) => {
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
    const number = (name: string): number => (cell(name) === "" ? Number.NaN : Number(cell(name)));
    return {
      path: cell("path"),
      syntax: cell("transfer_syntax"),
      isLossy: lossy.includes(cell("transfer_syntax")),
      oracle: cell("oracle"),
      sha256: cell("sha256_le_pixels"),
      rows: number("rows"),
      columns: number("columns"),
      samples: number("samples"),
      bitsAllocated: number("bits_allocated"),
      isSigned: cell("pixel_rep") === "1",
      min: number("min"),
      max: number("max"),
      mean: number("mean"),
    };
  });
}
