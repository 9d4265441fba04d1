import { viewCodes } from "@mammo/mammogram";
import { voiWindow } from "../device.ts";
import { encodeJpegLossless } from "../jpegLossless.ts";
import type { PhantomImage } from "../render/renderView.ts";
import { patientOrientation } from "../view.ts";
import { type DataSet, element, encapsulatedFrame, encodeElements, joined } from "./elements.ts";
import { uidOf } from "./uid.ts";

const digitalMammographyForPresentation = "1.2.840.10008.5.1.4.1.1.1.2";
const transferSyntaxes = { none: "1.2.840.10008.1.2.1", jpegLossless: "1.2.840.10008.1.2.4.70" } as const;

/**
 * An image as a DICOM Part 10 file: Digital Mammography X-Ray Image, For Presentation (PS3.3 A.27), in the transfer syntax of its device.
 *
 * Names, dates and places in it are invented and the same for all women, as in a de-identified set; UIDs follow from the spec.
 *
 * @example writeFileSync("one.dcm", encodeDicom(renderView(spec)));
 */
export function encodeDicom(image: PhantomImage): Uint8Array {
  const { spec } = image;
  const { device } = spec;
  const instance = uidOf(spec.seed, spec.woman, spec.exam, spec.image, "instance");
  const meta = encodeElements([
    element(0x0002_0001, "OB", Uint8Array.of(0, 1)),
    element(0x0002_0002, "UI", digitalMammographyForPresentation),
    element(0x0002_0003, "UI", instance),
    element(0x0002_0010, "UI", transferSyntaxes[device.compression]),
    element(0x0002_0012, "UI", uidOf("@mammo/phantom")),
    element(0x0002_0013, "SH", "MAMMO_PHANTOM_1"),
  ]);
  const pixelData =
    device.compression === "jpegLossless"
      ? encapsulatedFrame(encodeJpegLossless(image.pixels, { rows: image.rows, columns: image.columns, bits: device.bits }))
      : encodeElements([element(0x7fe0_0010, "OW", littleEndian(image.pixels))]);
  const preamble = new Uint8Array(132);
  preamble.set([0x44, 0x49, 0x43, 0x4d], 128);
  return joined([
    preamble,
    encodeElements([element(0x0002_0000, "UL", meta.length)]),
    meta,
    encodeElements([...identity(image, instance), ...acquisition(image), ...pixelDescription(image)]),
    pixelData,
  ]);
}

function identity({ spec }: PhantomImage, instance: string): DataSet {
  return [
    element(0x0008_0005, "CS", "ISO_IR 100"),
    element(0x0008_0008, "CS", "ORIGINAL\\PRIMARY"),
    element(0x0008_0016, "UI", digitalMammographyForPresentation),
    element(0x0008_0018, "UI", instance),
    element(0x0008_0020, "DA", "20000101"),
    element(0x0008_0021, "DA", "20000101"),
    element(0x0008_0022, "DA", "20000101"),
    element(0x0008_0023, "DA", "20000101"),
    element(0x0008_002a, "DT", "20000101120000"),
    element(0x0008_0030, "TM", "120000"),
    element(0x0008_0032, "TM", "120000"),
    element(0x0008_0033, "TM", "120000"),
    element(0x0008_0050, "SH", ""),
    element(0x0008_0060, "CS", "MG"),
    element(0x0008_0068, "CS", "FOR PRESENTATION"),
    element(0x0008_0070, "LO", "Invented Devices"),
    element(0x0008_0090, "PN", ""),
    element(0x0008_1090, "LO", spec.device.name),
    element(0x0008_2218, "SQ", [code("76752008", "Breast")]),
  ];
}

function acquisition(image: PhantomImage): DataSet {
  const { spec, pose } = image;
  const { device } = spec;
  const pitch: readonly number[] = [device.mmPerPixel, device.mmPerPixel];
  return [
    element(0x0010_0010, "PN", `PHANTOM^${spec.woman}`),
    element(0x0010_0020, "LO", `PHANTOM-${spec.seed}-${spec.woman}`),
    element(0x0010_0030, "DA", ""),
    element(0x0010_0040, "CS", "F"),
    element(0x0018_0015, "CS", "BREAST"),
    element(0x0018_0060, "DS", 29),
    element(0x0018_1000, "LO", device.name),
    element(0x0018_1020, "LO", "1"),
    element(0x0018_1110, "DS", 660),
    element(0x0018_1111, "DS", 660),
    element(0x0018_1114, "DS", 1),
    element(0x0018_1147, "CS", "RECTANGLE"),
    element(0x0018_1149, "IS", [Math.round(device.rows * device.mmPerPixel), Math.round(device.columns * device.mmPerPixel)]),
    element(0x0018_1164, "DS", pitch),
    element(0x0018_1191, "CS", "TUNGSTEN"),
    element(0x0018_11a0, "DS", Math.round(pose.thickness)),
    element(0x0018_11a2, "DS", 100),
    element(0x0018_1508, "CS", "MAMMOGRAPHIC"),
    element(0x0018_1510, "DS", Math.round(Math.abs(pose.angle) * (180 / Math.PI))),
    element(0x0018_5101, "CS", spec.view),
    element(0x0018_7004, "CS", "DIRECT"),
    element(0x0018_7005, "CS", "AREA"),
    element(0x0018_700a, "SH", device.name),
    element(0x0018_701a, "DS", [1, 1]),
    element(0x0018_7030, "DS", [0, 0]),
    element(0x0018_7032, "DS", 0),
    element(0x0018_7034, "CS", "NO"),
    element(0x0018_7050, "CS", "RHODIUM"),
    element(0x0020_000d, "UI", uidOf(spec.seed, spec.woman, spec.exam, "study")),
    element(0x0020_000e, "UI", uidOf(spec.seed, spec.woman, spec.exam, "series")),
    element(0x0020_0010, "SH", String(spec.exam)),
    element(0x0020_0011, "IS", 1),
    element(0x0020_0013, "IS", spec.image),
    element(0x0020_0020, "CS", patientOrientation(spec.laterality, spec.view)),
    element(0x0020_0062, "CS", spec.laterality),
  ];
}

function pixelDescription({ spec, rows, columns }: PhantomImage): DataSet {
  const { device } = spec;
  const { center, width } = voiWindow(device);
  const denseIsHigh = device.photometric === "MONOCHROME2";
  return [
    element(0x0028_0002, "US", 1),
    element(0x0028_0004, "CS", device.photometric),
    element(0x0028_0010, "US", rows),
    element(0x0028_0011, "US", columns),
    element(0x0028_0100, "US", 16),
    element(0x0028_0101, "US", device.bits),
    element(0x0028_0102, "US", device.bits - 1),
    element(0x0028_0103, "US", 0),
    element(0x0028_0301, "CS", "NO"),
    element(0x0028_1040, "CS", "LOG"),
    // +1: values grow with the X-ray intensity, as where dense tissue is dark (MONOCHROME1).
    element(0x0028_1041, "SS", denseIsHigh ? -1 : 1),
    element(0x0028_1050, "DS", center),
    element(0x0028_1051, "DS", width),
    element(0x0028_1052, "DS", 0),
    element(0x0028_1053, "DS", 1),
    element(0x0028_1054, "LO", "US"),
    element(0x0028_1056, "CS", device.voi),
    element(0x0028_1300, "CS", "NO"),
    element(0x0028_2110, "CS", "00"),
    element(0x0040_0318, "CS", "BREAST"),
    element(0x0040_0555, "SQ", []),
    element(0x0054_0220, "SQ", [[...code(viewCodes[spec.view].code, viewCodes[spec.view].meaning), element(0x0054_0222, "SQ", [])]]),
    element(0x2050_0020, "CS", device.photometric === "MONOCHROME1" ? "INVERSE" : "IDENTITY"),
  ];
}

function code(value: string, meaning: string): DataSet {
  return [element(0x0008_0100, "SH", value), element(0x0008_0102, "SH", "SCT"), element(0x0008_0104, "LO", meaning)];
}

function littleEndian(pixels: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length * 2);
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    bytes[2 * i] = value & 255;
    bytes[2 * i + 1] = value >> 8;
  }
  return bytes;
}
