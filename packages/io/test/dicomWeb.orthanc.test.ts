import { createHash } from "node:crypto";
import { devices, encodeDicom, renderView } from "@mammo/phantom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type DicomJson,
  type DicomWebClient,
  decodeFrame,
  dicomWebClient,
  type Exam,
  firstText,
  limitsDefaults,
  parseDicom,
  readExam,
  readImagePixel,
  tags,
} from "../src/index.ts";
import { hasDicomWeb, startArchive } from "./archive.ts";

const all = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};
const digest = (cells: ArrayBufferView): string =>
  createHash("sha256")
    .update(new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength))
    .digest("hex");
const pixelsOf = async (bytes: Uint8Array): Promise<string> => {
  const file = await parseDicom(bytes);
  return digest(await decodeFrame(file, readImagePixel(file.dataSet, limitsDefaults), { frame: 0 }));
};
const standards = ({ images }: Exam): readonly string[] =>
  images.map(({ pixels, laterality, view, toSource }) => [laterality, view, digest(pixels), ...toSource].join(" ")).sort();

describe.skipIf(!hasDicomWeb())("DICOMweb against Orthanc (needs Orthanc and its DICOMweb plugin)", () => {
  let url: string;
  let stop: () => Promise<void> = async () => undefined;
  let client: DicomWebClient;
  const files = (["CC", "MLO"] as const).map((view, index) =>
    encodeDicom(renderView({ seed: 4, woman: 7, exam: 1, image: index, laterality: "L", view, device: devices.aldebaran, lesions: [] })),
  );
  beforeAll(async () => {
    const archive = await startArchive({ user: "reader", password: "test" });
    stop = archive.stop;
    url = `${archive.address}/dicom-web`;
    client = dicomWebClient({ url, headers: { authorization: `Basic ${btoa("reader:test")}` } });
  });
  afterAll(() => stop());

  it("stores an exam, finds it, and gives the same pixels and standard images back", async () => {
    expect(await client.store(files)).toEqual({ stored: 2, failed: [] });
    const [study, ...others] = (await all(client.searchStudies({ match: { ModalitiesInStudy: "MG" } }))).map(
      (found) => firstText(found, tags.StudyInstanceUID)!,
    );
    expect(others).toEqual([]);
    const found = await all(client.searchInstances({ study: study! }, { pageSize: 1 }));
    const instances = found.map((entry: DicomJson) => firstText(entry, tags.SOPInstanceUID)!);
    expect(new Set(instances).size).toBe(2);
    const headers = await client.metadata({ study: study! });
    expect(headers.map((entry) => firstText(entry, tags.SOPInstanceUID)).sort()).toEqual([...instances].sort());

    const back = await all(client.retrieve({ study: study! }));
    expect((await Promise.all(back.map(pixelsOf))).sort()).toEqual((await Promise.all(files.map(pixelsOf))).sort());
    const received = await readExam(back);
    expect(received.studyInstanceUid).toBe(study);
    expect(standards(received)).toEqual(standards(await readExam(files)));

    const series = firstText((await all(client.searchSeries({ study: study! })))[0]!, tags.SeriesInstanceUID)!;
    const own = await all(client.retrieve({ study: study!, series }));
    expect(own.length).toBeGreaterThan(0);
    const instance = (await all(client.searchInstances({ study: study!, series })))[0]!;
    expect(await all(client.retrieve({ study: study!, series, instance: firstText(instance, tags.SOPInstanceUID)! }))).toHaveLength(1);
  });

  it("says what it cannot get by code and status", async () => {
    await expect(all(client.retrieve({ study: "1.2.3.4.5" }))).rejects.toMatchObject({ name: "DicomWebError", code: "not-found", status: 404 });
    const stranger = dicomWebClient({ url, headers: { authorization: "Basic SECRET" } });
    const error = await all(stranger.searchStudies()).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "unauthorized", status: 401 });
    expect(String(error)).not.toMatch(/SECRET|127\.0\.0\.1/);
    await expect(client.store([new TextEncoder().encode("no DICOM file at all")])).rejects.toMatchObject({ name: "DicomWebError" });
  });
});
