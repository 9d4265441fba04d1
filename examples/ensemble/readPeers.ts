import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type JoinedMembers, joinMembers } from "@mammo/ensemble";
import { parseDelimited, parseJson } from "@mammo/files";
import { readRegularFile } from "@mammo/files/node";
import { UsageError } from "../cli/program.ts";

/** One part of the peers' predictions: their networks side by side, and their own ensemble. */
export interface PeerPart {
  /** The 21 networks' logits by image. */
  readonly joined: JoinedMembers;
  readonly labels: Uint8Array;
  /** Whose each image is. */
  readonly patients: readonly string[];
  readonly published: { readonly logits: Float64Array; readonly calibrated: Float64Array };
  /** Of each network and of their ensemble, from the very file. */
  readonly logitsOf: ReadonlyMap<string, { readonly logits: readonly number[]; readonly labels: readonly number[] }>;
}

/** Networks that differ in seed, resolution of training or length of it only. */
const familyOf = (name: string): string => name.replace(/_(seed\d+|120)$/, "").replace(/^regularised.*/, "regularised");

const publishedName = "ensemble";

/** AUROC on the official test part as their authors state it. */
export async function readStated(data: string): Promise<ReadonlyMap<string, number>> {
  const { runs } = (parseJson(await readGzip(join(data, "cbis-predictions", "metrics.json.gz"))) ?? {}) as {
    readonly runs?: readonly { readonly model?: unknown; readonly test?: { readonly auc?: unknown } }[];
  };
  const stated = Array.isArray(runs) ? runs.map((run) => [run?.model, run?.test?.auc] as const) : [];
  if (stated.length === 0 || !stated.every(([model, auc]) => typeof model === "string" && Number.isFinite(auc)))
    throw new UsageError("Expected metrics.json.gz of the peers to hold runs, each with its model and test.auc");
  return new Map(stated as readonly (readonly [string, number])[]);
}

/** Reads validation or test of all networks. */
export async function readPart(data: string, part: "validation" | "test", names: readonly string[]): Promise<PeerPart> {
  const tables = await Promise.all(
    names.map(async (name) => ({ name, rows: await readTable(join(data, "cbis-predictions", "predictions", `${name}.${part}.csv.gz`)) })),
  );
  const nets = tables.filter(({ name }) => name !== publishedName);
  const joined = joinMembers(
    nets.map(({ name, rows }) => ({
      name,
      family: familyOf(name),
      seed: rows[0]!.seed,
      sha256: rows[0]!.sha256,
      scores: rows.map(({ id, logit }) => ({ id, score: logit })),
    })),
  );
  const own = new Map(tables.find(({ name }) => name === publishedName)!.rows.map((row) => [row.id, row]));
  const rowOf = (id: string) => {
    const row = own.get(id);
    if (!row) throw new UsageError(`Expected the published ensemble to have scored all ${joined.ids.length} images of ${part}`);
    return row;
  };
  return {
    joined,
    labels: Uint8Array.from(joined.ids, (id) => rowOf(id).label),
    patients: joined.ids.map((id) => rowOf(id).patient),
    published: {
      logits: Float64Array.from(joined.ids, (id) => rowOf(id).logit),
      calibrated: Float64Array.from(joined.ids, (id) => rowOf(id).calibrated),
    },
    logitsOf: new Map(tables.map(({ name, rows }) => [name, { logits: rows.map(({ logit }) => logit), labels: rows.map(({ label }) => label) }])),
  };
}

/** Ten times the largest of them, once inflated. */
const maxOutputLength = 2 ** 25;

async function readGzip(path: string): Promise<Buffer> {
  return promisify(gunzip)(await readRegularFile(path, { maxBytes: maxOutputLength }), { maxOutputLength }).catch(() => {
    throw new UsageError(`Expected the peers' predictions as gzip files of at most ${maxOutputLength} bytes once inflated`);
  });
}

async function readTable(path: string) {
  const { columns, rows } = parseDelimited((await readGzip(path)).toString(), { separator: "," });
  const at = (name: string) => {
    const column = columns.indexOf(name);
    if (column < 0) throw new UsageError(`Expected a column ${name} in the peers' predictions`);
    return column;
  };
  const [id, patient, label, logit, calibrated, seed, sha256] = [
    at("image_id"),
    at("patient_id"),
    at("label"),
    at("logit"),
    at("calibrated_probability"),
    at("seed"),
    at("checkpoint_sha256"),
  ] as const;
  return rows.map(({ cells }) => ({
    id: cells[id]!,
    patient: cells[patient]!,
    label: Number(cells[label]),
    logit: Number(cells[logit]),
    calibrated: Number(cells[calibrated]),
    seed: Number(cells[seed]),
    sha256: cells[sha256]!,
  }));
}
