import type { DataSet } from "../src/index.ts";
import { type Elements, element, type Vr } from "../src/write.ts";

/** What the parser sees, as elements whose values are bytes. */
export function seen(dataSet: DataSet): Elements {
  return [...dataSet.elements.values()].map(({ tag, vr, offset, length, items, fragments }) => {
    const bytes = (at: number, size: number): Uint8Array => dataSet.bytes.slice(at, at + size);
    if (items) return element(tag, "SQ", items.map(seen));
    if (fragments) return { tag, vr: vr as Vr, value: { fragments: fragments.map((one) => bytes(one.offset, one.length)) } };
    return { tag, vr: vr as Vr, value: bytes(offset, length) };
  });
}
