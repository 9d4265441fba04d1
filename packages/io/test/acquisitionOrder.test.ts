// In which order the images of an exam were taken, and which files are one exam.
import { describe, expect, it } from "vitest";
import { acquisitionKey, ranks } from "../src/exam/acquisitionOrder.ts";
import { parseDicom, readExam } from "../src/index.ts";
import { type Element, mammogram } from "./writeDicom.ts";

const keyOf = async (...extra: readonly Element[]) => acquisitionKey((await parseDicom(mammogram({ rows: 24, columns: 16, extra }))).dataSet);

describe("acquisitionKey", () => {
  it("is Acquisition DateTime, else its date and time, else those of the content, then series and instance", async () => {
    const whole: Element = [0x0008002a, "DT", "20200102030405.678"];
    const acquired: readonly Element[] = [[0x00080022, "DA", "20200101"], [0x00080032, "TM", "120000"]]; // biome-ignore format: one row
    const content: readonly Element[] = [[0x00080023, "DA", "20190101"], [0x00080033, "TM", "110000"]]; // biome-ignore format: one row
    const numbers: readonly Element[] = [[0x00200011, "IS", "3"], [0x00200013, "IS", "14"]]; // biome-ignore format: one row
    const behind = " 000000000003 000000000014";
    expect(await keyOf(whole, ...acquired, ...content, ...numbers)).toBe("20200102030405.678".padEnd(26) + behind);
    expect(await keyOf(...acquired, ...content, ...numbers)).toBe("20200101120000".padEnd(26) + behind);
    expect(await keyOf(...content, ...numbers)).toBe("20190101110000".padEnd(26) + behind);
    expect(await keyOf(acquired[0]!)).toBe(`${"20200101".padEnd(26)} 000000000000 000000000000`);
    // A time of day without its day orders nothing.
    expect(await keyOf(acquired[1]!, ...content)).toBe(`${"20190101110000".padEnd(26)} 000000000000 000000000000`);
    expect(await keyOf()).toBe(`${" ".repeat(26)} 000000000000 000000000000`);
  });

  it("cuts a long time at 26 characters, and takes a number that is none for 0", async () => {
    expect(await keyOf([0x0008002a, "DT", "20200102030405.678901+01000000"], [0x00200013, "IS", "x"])).toBe(
      "20200102030405.678901+0100 000000000000 000000000000",
    );
  });
});

it("ranks: the place of each in sorted order; equal ones keep theirs", () => {
  expect(ranks(["b", "a", "b", "c", "a"])).toEqual([2, 0, 3, 4, 1]);
  expect(ranks([])).toEqual([]);
});

describe("readExam", () => {
  const view = (uid: string, time: string, study = "1.2.3") =>
    mammogram({
      ...{ rows: 120, columns: 80, mm: 2, studyUid: study },
      extra: [[0x00080018, "UI", uid], [0x00080022, "DA", "20200101"], [0x00080032, "TM", time]], // biome-ignore format: one row
    });

  it("keeps the files' order, and takes the latest by time and not by place", async () => {
    const files = [view("1.1", "120000"), view("1.2", "110000"), view("1.3", "100000")];
    const { leftOut, images } = await readExam(files, { policy: { repeated: "latest" } });
    expect(images).toHaveLength(1);
    expect(leftOut).toEqual([
      { image: 2, rule: "repeated", instead: [1] },
      { image: 3, rule: "repeated", instead: [1] },
    ]);
  });

  it("counts duplicates among the files, and names the file of another study", async () => {
    const first = view("1.1", "120000");
    expect((await readExam([first, first, view("1.2", "110000")])).leftOut).toEqual([{ image: 2, rule: "duplicate", instead: [1] }]);
    await expect(readExam([first, first, view("1.2", "110000", "1.2.4")])).rejects.toMatchObject({
      code: "wrong-study",
      message: expect.stringContaining("file 3"),
    });
  });
});
