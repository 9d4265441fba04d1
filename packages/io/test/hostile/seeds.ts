import { parseDicom, TransferSyntax } from "../../src/index.ts";
import { breastFiles } from "../breastFiles.ts";
import { type Element, mammogram } from "../writeDicom.ts";

/** A valid file in pieces: what stands before the first element, and each element of the root as its head and its value. */
export interface Seed {
  readonly front: Uint8Array;
  readonly parts: readonly Part[];
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly isDeflated: boolean;
}
export interface Part {
  readonly head: Uint8Array;
  readonly value: Uint8Array;
}

/** Files of every transfer syntax, and such as have view codes, lookup tables and functional groups. */
export async function seeds(): Promise<readonly Seed[]> {
  const files = new Map(breastFiles());
  files.delete(TransferSyntax.deflatedExplicitLittleEndian);
  const plain = files.get(TransferSyntax.explicitLittleEndian)!;
  const rich = [viewCoded, tables, frames].map((extra) => mammogram({ rows: 96, columns: 64, mm: 1.25, ...extra }));
  return [
    ...(await Promise.all([...files.values(), ...rich].map((bytes) => split(bytes, false)))),
    await split(plain, true),
    // Once more those whose pixels are most worth breaking.
    ...(await Promise.all([...files].filter(([syntax]) => /\.4\.|\.5$/.test(syntax)).map(([, bytes]) => split(bytes, false)))),
  ];
}

async function split(bytes: Uint8Array, isDeflated: boolean): Promise<Seed> {
  const { dataSet, transferSyntax } = await parseDicom(bytes);
  const parts: Part[] = [];
  let start = dataSet.start;
  for (const { offset, length } of dataSet.elements.values()) {
    parts.push({ head: bytes.slice(start, offset), value: bytes.slice(offset, offset + length) });
    start = offset + length;
  }
  return {
    front: bytes.slice(0, dataSet.start),
    parts,
    explicit: transferSyntax !== TransferSyntax.implicitLittleEndian,
    littleEndian: dataSet.littleEndian,
    isDeflated,
  };
}

const item = (...elements: readonly Element[]) => elements;
const viewCoded = {
  extra: [[0x00540220, "SQ", [item([0x00080100, "SH", "R-10226"], [0x00540222, "SQ", [item([0x00080100, "SH", "399209000"])]])]] as Element],
};
const tables = {
  extra: [0x00283000, 0x00283010].map(
    (tag): Element => [tag, "SQ", [item([0x00283002, "US", [4, 0, 16]], [0x00283003, "LO", "NORMAL"], [0x00283006, "US", [0, 1000, 2000, 3000]])]],
  ),
};
const frames = {
  sopClass: "1.2.840.10008.5.1.4.1.1.13.1.3",
  without: [0x00200062, 0x00181164, 0x00281050, 0x00281051],
  cells: Uint16Array.from({ length: 2 * 96 * 64 }, (_, index) => (index % 64 < 30 ? 2000 : 100)),
  extra: [
    [0x00280008, "IS", "2"],
    [
      0x52009229,
      "SQ",
      [
        item(
          [0x00209071, "SQ", [item([0x00209072, "CS", "R"])]],
          [0x00289110, "SQ", [item([0x00280030, "DS", "1.25\\1.25"])]],
          [0x00289132, "SQ", [item([0x00281050, "DS", "2048"], [0x00281051, "DS", "4096"])]],
        ),
      ],
    ],
  ] as readonly Element[],
};
