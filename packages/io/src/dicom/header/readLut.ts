import type { Lut } from "../intensity/lut.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { shorts } from "../parse/values.ts";
import { tags } from "../tags.ts";

/** A table, and whether its descriptor and its data agree. */
export interface FoundLut extends Lut {
  readonly isExact: boolean;
}

/**
 * LUT Descriptor (entries, first mapped, bits) and LUT Data; undefined where they do not fit together.
 *
 * A table that lacks up to an eighth of its entries is used as far as it goes, as DCMTK does. Up to a sixteenth of a VOI table's entries may be above what the
 * declared bits hold and are cut there (PS3.3 C.11.2.1.1); more say that the bits are wrong, and nothing says which are right. Modality values are entries, whatever their bits.
 */
export function readLut(item: DataSet, { signed, role }: { readonly signed: boolean; readonly role: "modality" | "voi" }): FoundLut | undefined {
  const descriptor = shorts(item, tags.LUTDescriptor);
  const [count, , bits] = descriptor;
  const firstMapped = (signed ? shorts(item, tags.LUTDescriptor, true) : descriptor)[1];
  const element = item.elements.get(tags.LUTData);
  if (count === undefined || firstMapped === undefined || bits === undefined || bits < 1 || bits > 16 || element === undefined || element.items)
    return undefined;
  const entries = count === 0 ? 65536 : count;
  const least = entries - entries / 8;
  // Eight-bit tables are written as bytes, padded to an even length, or as words.
  const isBytes = bits <= 8 && element.length >= least && element.length <= entries + (entries % 2);
  const data = isBytes
    ? Uint16Array.from(item.bytes.subarray(element.offset, element.offset + Math.min(entries, element.length)))
    : Uint16Array.from(shorts(item, tags.LUTData).slice(0, entries));
  if (data.length === 0 || data.length < least) return undefined;
  const most = 2 ** bits - 1;
  const above = data.reduce((sum, entry) => sum + (entry > most ? 1 : 0), 0);
  if (role === "voi" && above > data.length / 16) return undefined;
  return {
    firstMapped,
    bits,
    data: role === "voi" && above > 0 ? data.map((entry) => Math.min(entry, most)) : data,
    isExact: above === 0 && data.length === entries,
  };
}
