// What a de-identified file says of itself, for each option.
import { expect, it } from "vitest";
import { parseDicom } from "../src/index.ts";
import { type DeidentifyOptions, deidentify } from "../src/write.ts";
import { mammogram } from "./writeDicom.ts";

const key = new TextEncoder().encode("a key for the tests");

async function statement(burnedIn: string | undefined, options: Partial<DeidentifyOptions>) {
  const bytes = mammogram({ rows: 24, columns: 16, extra: burnedIn === undefined ? [] : [[0x0028_0301, "CS", burnedIn]] });
  const { dataSet } = await parseDicom(await deidentify(bytes, { key, ...options }));
  const text = (tag: number) => {
    const found = dataSet.elements.get(tag);
    return found && new TextDecoder().decode(dataSet.bytes.subarray(found.offset, found.offset + found.length)).replace(/[\0 ]+$/, "");
  };
  return { burnedIn: text(0x0028_0301), removed: text(0x0012_0062), temporal: text(0x0028_0303) };
}

it.each([
  // Burned In Annotation before, the options, and (0028,0301), (0012,0062), (0028,0303) after.
  ["YES", {}, "YES", "NO", "REMOVED"],
  ["NO", {}, "NO", "YES", "REMOVED"],
  [undefined, {}, undefined, "NO", "REMOVED"],
  ["YES", { pixelsAreClean: true }, "NO", "YES", "REMOVED"],
  ["NO", { pixelsAreClean: true }, "NO", "YES", "REMOVED"],
  [undefined, { pixelsAreClean: true }, "NO", "YES", "REMOVED"],
  ["YES", { dates: "shift" }, "YES", "NO", "MODIFIED"],
  ["NO", { dates: "shift", device: true }, "NO", "YES", "MODIFIED"],
  ["YES", { device: true }, "YES", "NO", "REMOVED"],
] as const)("Burned In Annotation %s with %j: %s, identity removed %s, dates %s", async (before, options, burnedIn, removed, temporal) => {
  expect(await statement(before, options)).toEqual({ burnedIn, removed, temporal });
});
