import { DicomError } from "../dicomError.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { isNumeric, vrOf } from "./vrOf.ts";

const backslash = 0x5c;
/** In a file: those of the longest stack's functional groups, several times over. */
const most = 131_072;

/**
 * Counts a data set's texts, at every depth, before any is split: a value of one byte takes a hundred once it stands alone.
 *
 * @throws DicomError `limit-exceeded` for more than 131,072.
 */
export function requireFewValues(dataSet: DataSet): void {
  let values = 0;
  const count = ({ elements, bytes }: DataSet): void => {
    for (const one of elements.values()) {
      one.items?.forEach(count);
      const vr = one.items ? undefined : vrOf(one);
      if (vr === undefined || isNumeric(vr) || vr === "OB" || vr === "OW") continue;
      const value = bytes.subarray(one.offset, one.offset + one.length);
      for (let at = value.indexOf(backslash); at >= 0; at = value.indexOf(backslash, at + 1))
        if (++values > most) throw new DicomError("limit-exceeded", `Expected at most ${most} values of text`, { offset: one.offset });
    }
  };
  count(dataSet);
}
