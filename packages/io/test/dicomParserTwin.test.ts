import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "@mammo/testing";
import dicomParser from "dicom-parser";
import { describe, expect, it } from "vitest";
import { type DataSet, parseDicom } from "../src/index.ts";
import { mammogram } from "./writeDicom.ts";

type TheirDataSet = ReturnType<typeof dicomParser.parseDicom>;

/** Tag, place and length of every element at every depth, in file order; sequences by their items, but for those that dicom-parser leaves closed: UN of known length. */
function ours(dataSet: DataSet, their?: TheirDataSet): unknown[] {
  return [...dataSet.elements.values()].map((element) => {
    const same = their?.elements[`x${element.tag.toString(16).padStart(8, "0")}`];
    const isClosed = same !== undefined && same.items === undefined && same.vr === "UN";
    if (element.items && !isClosed) return [element.tag, element.items.map((item, index) => ours(item, same?.items?.[index]?.dataSet))];
    return [element.tag, element.offset, element.fragments ? "fragments" : element.length];
  });
}

function theirs(dataSet: TheirDataSet, from = 0): unknown[] {
  return Object.values(dataSet.elements)
    .map((element) => {
      const tag = Number.parseInt(element.tag.slice(1), 16);
      if (element.items) return [tag, element.items.map((item) => (item.dataSet ? theirs(item.dataSet) : []))] as const;
      return [tag, element.dataOffset, element.fragments ? "fragments" : element.length] as const;
    })
    .filter(([tag]) => tag > from && tag < 0xfffe0000); // It lists delimiters too.
}

async function expectTwins(bytes: Uint8Array, name: string): Promise<boolean> {
  let their: TheirDataSet;
  try {
    their = dicomParser.parseDicom(bytes);
  } catch {
    return false; // It throws where we may read on, or refuse with a typed error.
  }
  const our = await parseDicom(bytes).catch(() => undefined);
  if (our === undefined || our.dataSet.bytes !== bytes) return false;
  // We stop behind Pixel Data; the meta group is a data set of its own with us.
  const mine = ours(our.dataSet, their) as [number, ...unknown[]][];
  const last = mine.at(-1)?.[0] ?? 0;
  const other = (theirs(their, 0x0002ffff) as [number, ...unknown[]][]).filter(([tag]) => tag <= last);
  expect(mine, name).toEqual(other.sort(([a], [b]) => mine.findIndex(([tag]) => tag === a) - mine.findIndex(([tag]) => tag === b)));
  return true;
}

/** Private sequences in implicit encoding: dicom-parser leaves them closed, we open them. */
const opaque = new Set(["priv_SQ.dcm", "nested_priv_SQ.dcm"]);

describe("our parser and dicom-parser see the same elements", () => {
  it.each(["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"])("in a file of %s", async (syntax) => {
    const nested = [
      0x00540220,
      "SQ",
      [
        [
          [0x00080100, "SH", "R-10226"],
          [0x00540222, "SQ", [[[0x00080100, "SH", "399209000"]]]],
        ],
      ],
    ] as const;
    expect(await expectTwins(mammogram({ syntax, extra: [nested] }), syntax)).toBe(true);
  });

  it.skipIf(!dataFolder())("in the files of the data folder that both read (needs the data folder)", async () => {
    const root = dataFolder()!;
    let compared = 0;
    for (const folder of ["conformance/pydicom", "conformance/wg04", "conformance/fo-dicom", "mg-dicom/fo-dicom"])
      for (const name of (await readdir(join(root, folder))).filter((file) => file.endsWith(".dcm") && !opaque.has(file)))
        if (await expectTwins(new Uint8Array(await readFile(join(root, folder, name))), `${folder}/${name}`)) compared++;
    expect(compared).toBeGreaterThan(60);
  });
});
