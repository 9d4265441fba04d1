import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDelimited, parseJson } from "@mammo/files";
import { decodeCheckpoint } from "../../../train/src/checkpoint.ts";
import { decodeSafetensors } from "../../../weights/src/index.ts";
import { parseIcs } from "../../src/cohort/ddsm/parseIcs.ts";
import { parseOverlay } from "../../src/cohort/ddsm/parseOverlay.ts";
import { parseDreamExams } from "../../src/cohort/parseDreamExams.ts";
import { parseInbreastRois } from "../../src/cohort/parseInbreastRois.ts";
import { dicomWebClient, parseDicom, readFrames, readMammogram, readRaster } from "../../src/index.ts";
import { parquetRows, readDdsmCohort, readDreamCohort, readMiasCohort } from "../../src/node.ts";
import { shardImageOf } from "../../src/scale/shards/shardRow.ts";
import { readShardImage } from "../../src/shards.ts";
import { deidentify } from "../../src/write.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const key = Uint8Array.from({ length: 16 }, (_, index) => index);

/** What reads strangers' bytes, by kind: each gives nothing or throws a typed error. */
export const doors = {
  dicom: async (bytes: Uint8Array) => void (await readMammogram(bytes)),
  frames: async (bytes: Uint8Array) => {
    for await (const _cells of readFrames(await parseDicom(bytes)));
  },
  deidentify: async (bytes: Uint8Array) => void (await deidentify(bytes, { key })),
  raster: async (bytes: Uint8Array) => void (await readRaster(bytes)),
  csv: async (bytes: Uint8Array) => void parseDelimited(text(bytes), { separator: "," }),
  tsv: async (bytes: Uint8Array) => void parseDelimited(text(bytes), { separator: "\t", quotes: false, ragged: true }),
  json: async (bytes: Uint8Array) => void parseJson(bytes),
  parquet: async (bytes: Uint8Array) => void (await parquetRows(bytes)),
  safetensors: async (bytes: Uint8Array) => void decodeSafetensors(bytes),
  checkpoint: async (bytes: Uint8Array) => void decodeCheckpoint(bytes),
  /** With tfjs behind it, which no other door has to load. */
  bundle: async (bytes: Uint8Array) => void (await import("../../../pipeline/src/bundle/parseBundle.ts")).parseBundle(parseJson(bytes)),
  ics: async (bytes: Uint8Array) => void parseIcs(text(bytes)),
  overlay: async (bytes: Uint8Array) => void parseOverlay(text(bytes)),
  plist: async (bytes: Uint8Array) => void parseInbreastRois(text(bytes), { file: "rois" }),
  dream: (bytes: Uint8Array) => withFolder({ "images_crosswalk.tsv": bytes }, async (folder) => void (await readDreamCohort(folder))),
  dreamExams: async (bytes: Uint8Array) => void parseDreamExams(text(bytes), "exams_metadata.tsv"),
  ddsm: (bytes: Uint8Array) => withFolder({ "D-4000-1.ics": bytes }, async (folder) => void (await readDdsmCohort(folder))),
  mias: (bytes: Uint8Array) => withFolder({ "Info.txt": bytes }, async (folder) => void (await readMiasCohort(folder))),
  dicomWebJson: async (bytes: Uint8Array) => {
    for await (const _entry of serving(bytes, "application/dicom+json").searchStudies());
  },
  dicomWebParts: async (bytes: Uint8Array) => {
    for await (const _file of serving(bytes, 'multipart/related; type="application/dicom"; boundary=b').retrieve({ study: "1.2" }));
  },
  /** A row of a manifest as JSON, and a shard of 4 KiB of zeros. */
  shard: (bytes: Uint8Array) =>
    withFolder({ "shard-000000.tar": new Uint8Array(4096) }, async (directory) => {
      const image = shardImageOf(parseJson(bytes) as never, 0);
      await readShardImage({ directory, images: [image], failures: [], header: {} as never }, 0);
    }),
} as const satisfies Readonly<Record<string, (bytes: Uint8Array) => Promise<void>>>;

export type Door = keyof typeof doors;

/** The names of our error classes; whatever else comes out is untyped. */
const typed = /^(Dicom|DicomWeb|Files|Weights|Cohort|Shard|Train|Pipeline)Error$/;

/** "read", the code of the typed error, or what was wrong with it. */
export async function outcomeOf(door: Door, bytes: Uint8Array): Promise<string> {
  try {
    await doors[door](bytes);
    return "read";
  } catch (error) {
    const { name, code, offset } = error as Error & { readonly code?: string; readonly offset?: number };
    if (!typed.test(name) || !code) return `untyped: ${String(error).slice(0, 200)}`;
    return door === "dicom" && offset === undefined ? `${code} without a byte` : code;
  }
}

const serving = (bytes: Uint8Array, type: string) =>
  dicomWebClient({
    url: "http://pacs.example",
    fetch: async () => new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } }),
  });

async function withFolder(files: Readonly<Record<string, Uint8Array>>, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mammo-door-"));
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
