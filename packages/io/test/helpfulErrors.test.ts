// What a public function says to whoever calls it for the first time.
import { describe, expect, it } from "vitest";
import { dicomWebClient, parseDicom, readFrames, readMammogram } from "../src/index.ts";
import { deidentify } from "../src/write.ts";
import { mammogram } from "./writeDicom.ts";

describe("a door that gets what is no file", () => {
  it.each([
    ["a path", "view.dcm", "text"],
    ["a forgotten await", Promise.resolve(mammogram()), "promise"],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
    ["a number", 7, "number"],
    ["an object", {}, "object"],
    ["a list", [1, 2], "list"],
  ])("refuses %s, and says what came", async (_name, value, came) => {
    for (const door of [parseDicom, readMammogram] as readonly ((file: never) => Promise<unknown>)[])
      await expect(door(value as never)).rejects.toMatchObject({ code: "not-a-file", message: expect.stringContaining(came) });
  });

  it("reads an ArrayBuffer and a view of one", async () => {
    const bytes = mammogram();
    const buffer = bytes.slice().buffer as ArrayBuffer;
    const wanted = (await readMammogram(bytes)).image.pixels;
    for (const file of [buffer, new DataView(buffer), Buffer.from(buffer)] as readonly Uint8Array[])
      expect(Buffer.from((await readMammogram(file)).image.pixels.buffer).equals(Buffer.from(wanted.buffer))).toBe(true);
  });
});

describe("other doors", () => {
  const key = new Uint8Array(16).fill(1);

  it("deidentify refuses what is no bytes, and options without a key", async () => {
    for (const file of ["view.dcm", undefined, Promise.resolve(mammogram())])
      await expect(deidentify(file as unknown as Uint8Array, { key })).rejects.toMatchObject({ code: "not-a-file" });
    for (const options of [undefined, {}, { key: "secret" }])
      await expect(deidentify(mammogram(), options as never)).rejects.toThrow(/^Expected a key of at least 16 bytes/);
    expect(await deidentify(mammogram().slice().buffer as ArrayBuffer, { key })).toEqual(await deidentify(mammogram(), { key }));
  });

  it("readFrames refuses a file that is not parsed, or not awaited", async () => {
    for (const file of [mammogram(), parseDicom(mammogram()), undefined])
      await expect(readFrames(file as never).next()).rejects.toMatchObject({ code: "not-a-file" });
  });

  it("the DICOMweb client refuses a text for a resource, and files that are none", async () => {
    const client = dicomWebClient({ url: "http://host" });
    await expect(client.metadata("1.2.3" as never)).rejects.toThrow(RangeError);
    await expect(client.store(["view.dcm"] as never)).rejects.toMatchObject({ code: "not-a-file" });
  });
});

describe("what a file does not say", () => {
  const silent = mammogram({ without: [0x0018_1164, 0x0018_5101, 0x0020_0062] });

  it("is told all at once, with the options that say it instead", async () => {
    const error = await readMammogram(silent).catch((cause: unknown) => cause as Error);
    expect(error).toMatchObject({ code: "missing-attribute", offset: expect.any(Number) });
    for (const word of ["(0018,1164)", "sourceMmPerPixel", "(0020,0062)", "laterality", "(0054,0220)", "option view"])
      expect((error as Error).message).toContain(word);
  });

  it("is told without what an option said", async () => {
    const { message } = await readMammogram(silent, { laterality: "L" }).then(
      () => new Error("read"),
      (cause: unknown) => cause as Error,
    );
    expect(message).not.toContain("laterality");
    expect(message).toContain("sourceMmPerPixel");
    const { image } = await readMammogram(silent, { laterality: "L", view: "CC", sourceMmPerPixel: [0.5, 0.5] });
    expect(image.view).toBe("CC");
  });
});
