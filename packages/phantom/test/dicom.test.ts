import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Device, devices, encodeDicom, type PhantomView, renderView, type ViewSpec, voiWindow } from "@mammo/phantom";
import { commandExists } from "@mammo/testing";
import { parseDicom } from "dicom-parser";
import { afterAll, describe, expect, it } from "vitest";
import { coarse, massSpec } from "./tiny.ts";

const folder = mkdtempSync(join(tmpdir(), "phantom-"));
afterAll(() => rmSync(folder, { recursive: true }));

const views: readonly PhantomView[] = ["CC", "MLO", "ML", "LM", "XCCL", "XCCM"];
const specs: readonly ViewSpec[] = Object.values<Device>(devices).flatMap((device, i) =>
  (["L", "R"] as const).map((laterality, k) => ({ ...massSpec, laterality, view: views[(2 * i + k) % 6]!, device: coarse(device, 1) })),
);

function written(spec: ViewSpec) {
  const image = renderView(spec);
  const path = join(folder, "image.dcm");
  writeFileSync(path, encodeDicom(image));
  return { image, path };
}

describe("encodeDicom", () => {
  it("writes what a reader needs", () => {
    for (const spec of specs) {
      const image = renderView(spec);
      const bytes = encodeDicom(image);
      const set = parseDicom(bytes);
      expect(Math.abs(set.floatString("x00181510")! - (Math.abs(image.pose.angle) * 180) / Math.PI)).toBeLessThanOrEqual(0.5);
      const { device } = spec;
      expect(set.string("x00080016")).toBe("1.2.840.10008.5.1.4.1.1.1.2");
      expect(set.string("x00020010")).toBe(device.compression === "none" ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2.4.70");
      expect([set.uint16("x00280010"), set.uint16("x00280011"), set.uint16("x00280101")]).toEqual([device.rows, device.columns, device.bits]);
      expect([set.string("x00280004"), set.string("x00281056")]).toEqual([device.photometric, device.voi]);
      expect(set.string("x20500020")).toBe(device.photometric === "MONOCHROME1" ? "INVERSE" : "IDENTITY");
      expect([set.floatString("x00281050"), set.floatString("x00281051")]).toEqual([voiWindow(device).center, voiWindow(device).width]);
      expect([set.string("x00200062"), set.string("x00185101")]).toEqual([spec.laterality, spec.view]);
      expect(set.floatString("x00181164")).toBe(device.mmPerPixel);
      expect(set.string("x00080018")).toMatch(/^2\.25\.[1-9]\d{30,38}$/);
      const pixelData = set.elements["x7fe00010"]!;
      if (device.compression === "none") expect(pixelData.length).toBe(2 * device.rows * device.columns);
      else expect(pixelData.fragments).toHaveLength(1);
    }
  });

  it("keeps the pixels of an uncompressed device", () => {
    const image = renderView({ ...massSpec, device: coarse(devices.deneb, 1) });
    const bytes = encodeDicom(image);
    const { dataOffset, length } = parseDicom(bytes).elements["x7fe00010"]!;
    expect(length).toBe(2 * image.pixels.length);
    expect(new Uint16Array(bytes.slice(dataOffset, dataOffset + length).buffer)).toEqual(image.pixels);
  });

  it("gives each image its own instance, and one study to an exam", () => {
    const uid = (spec: ViewSpec, tag: string) => parseDicom(encodeDicom(renderView(spec))).string(tag);
    const small = { ...massSpec, device: coarse(devices.deneb, 4) };
    expect(uid(small, "x00080018")).not.toBe(uid({ ...small, image: 2 }, "x00080018"));
    expect(uid(small, "x0020000d")).toBe(uid({ ...small, image: 2 }, "x0020000d"));
    expect(uid(small, "x0020000d")).not.toBe(uid({ ...small, exam: 2 }, "x0020000d"));
  });

  it.skipIf(!commandExists("dciodvfy"))("holds to its information object (needs dciodvfy of dicom3tools)", () => {
    for (const spec of specs) {
      const { stderr, stdout } = spawnSync("dciodvfy", [written(spec).path], { encoding: "utf8" });
      const complaints = `${stdout}${stderr}`.split("\n").filter((line) => /Error|Warning/.test(line));
      // The tool's list of view positions is that of projection radiography; those of mammography are in PS3.3 C.8.11.7.
      expect(complaints.filter((line) => !/Unrecognized defined term <\w+> for value 1 of attribute <View Position>/.test(line))).toEqual([]);
      expect(`${stdout}${stderr}`).toContain("MammographyImageForPresentation");
    }
  });

  it.skipIf(!commandExists("dcmdump"))("is read without complaint (needs dcmdump of dcmtk)", () => {
    for (const spec of specs) {
      const { status, stderr } = spawnSync("dcmdump", [written(spec).path], { encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  });

  it.skipIf(!commandExists("dcmdjpeg"))("is decompressed to the same pixels by another library (needs dcmdjpeg of dcmtk)", () => {
    for (const spec of specs.filter(({ device }) => device.compression === "jpegLossless")) {
      const { image, path } = written(spec);
      const plain = join(folder, "plain.dcm");
      execFileSync("dcmdjpeg", [path, plain]);
      const bytes = new Uint8Array(readFileSync(plain));
      const { dataOffset } = parseDicom(bytes).elements["x7fe00010"]!;
      expect(new Uint16Array(bytes.slice(dataOffset, dataOffset + 2 * image.pixels.length).buffer)).toEqual(image.pixels);
    }
  });
});
