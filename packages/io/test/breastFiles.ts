import { deflateRawSync } from "node:zlib";
import { golden } from "@mammo/testing";
import { encapsulated, mammogram, part10 } from "./writeDicom.ts";

interface Breasts {
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly number[];
  readonly cases: readonly { readonly syntax: string; readonly bits: 8 | 16; readonly encoded: string }[];
}

/** The same small breast as a file of each transfer syntax that we read. */
export function breastFiles(): ReadonlyMap<string, Uint8Array> {
  const { rows, columns, cells, cases } = golden<Breasts>("breasts", import.meta.url);
  const base = { rows, columns, mm: 1.25, cells: Uint16Array.from(cells) };
  const plain = mammogram(base);
  const body = plain.subarray(bodyStart(plain));
  const eight = [
    [0x00280100, "US", 8],
    [0x00280101, "US", 8],
    [0x00280102, "US", 7],
    [0x00281050, "DS", "128"],
    [0x00281051, "DS", "256"],
  ] as const;
  return new Map([
    ...["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"].map((syntax) => [syntax, mammogram({ ...base, syntax })] as const),
    ["1.2.840.10008.1.2.1.99", part10("1.2.840.10008.1.2.1.99", deflateRawSync(body))],
    ...cases.map(({ syntax, bits, encoded }) => {
      const pixelElement = encapsulated(Uint8Array.from(Buffer.from(encoded, "base64")));
      return [syntax, mammogram({ ...base, syntax, pixelElement, extra: bits === 8 ? eight : [] })] as const;
    }),
  ]);
}

/** Behind the meta group: its length stands in its first element. */
const bodyStart = (bytes: Uint8Array): number => 132 + 16 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(132 + 12, true);
