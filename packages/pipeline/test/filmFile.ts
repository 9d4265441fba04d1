import { element, encodePart10 } from "@mammo/io/write";
import type { Laterality } from "@mammo/mammogram";
import { type Device, devices, renderView } from "@mammo/phantom";

/** What a scanned film's file says. */
export interface FilmSpec {
  readonly laterality: Laterality;
  readonly view: "CC" | "MLO";
  /** Tells files apart: part of their UIDs. */
  readonly instance: number;
  readonly study?: number;
  readonly patientId?: string;
  /** Of the Secondary Capture Image by default. */
  readonly sopClass?: string;
  /** Stated where given. */
  readonly mmPerPixel?: number;
  readonly saysView?: boolean;
  /** False leaves out the Series Instance UID. */
  readonly hasSeries?: boolean;
}

/** A detector of 288 x 192 mm at 1.5 mm a pixel: quick to read. */
export const coarse: Device = { ...devices.deneb, rows: 192, columns: 128, mmPerPixel: 1.5, compression: "none" };

/** A scanned film as archives of films have it: a Secondary Capture that states neither side and view nor the size of a pixel. */
export function filmFile({ laterality, view, instance, study = 1, patientId = "NAME^OF^A^WOMAN", ...stated }: FilmSpec): Uint8Array {
  const { sopClass = "1.2.840.10008.5.1.4.1.1.7", mmPerPixel, saysView = false, hasSeries = true } = stated;
  const { pixels, rows, columns } = renderView({ seed: 3, woman: 7, exam: 1, image: instance, laterality, view, device: coarse, lesions: [] });
  return encodePart10([
    element(0x0008_0016, "UI", sopClass),
    element(0x0008_0018, "UI", `2.25.1000${instance}`),
    element(0x0008_0060, "CS", "MG"),
    element(0x0010_0010, "PN", "NAME^OF^A^WOMAN"),
    element(0x0010_0020, "LO", patientId),
    element(0x0020_000d, "UI", `2.25.2000${study}`),
    ...(hasSeries ? [element(0x0020_000e, "UI", `2.25.3000${study}`)] : []),
    ...(saysView ? [element(0x0018_5101, "CS", view), element(0x0020_0062, "CS", laterality)] : []),
    ...(mmPerPixel ? [element(0x0028_0030, "DS", `${mmPerPixel}\\${mmPerPixel}`)] : []),
    element(0x0028_0002, "US", 1),
    element(0x0028_0004, "CS", "MONOCHROME2"),
    element(0x0028_0010, "US", rows),
    element(0x0028_0011, "US", columns),
    element(0x0028_0100, "US", 16),
    element(0x0028_0101, "US", coarse.bits),
    element(0x0028_0102, "US", coarse.bits - 1),
    element(0x0028_0103, "US", 0),
    element(0x7fe0_0010, "OW", new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)),
  ]);
}

/** The directory of a disc that refers to files by their names. */
export function dicomDir(...names: readonly string[]): Uint8Array {
  return encodePart10([
    element(0x0008_0016, "UI", "1.2.840.10008.1.3.10"),
    element(0x0008_0018, "UI", "2.25.1"),
    element(
      0x0004_1220,
      "SQ",
      names.map((name) => [element(0x0004_1430, "CS", "IMAGE"), element(0x0004_1500, "CS", name)]),
    ),
  ]);
}
