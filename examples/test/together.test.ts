import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openShards } from "@mammo/io/shards";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";

// MAMMO_LONG=1: as often as the threat model says.
const long = process.env["MAMMO_LONG"] === "1";
const [rounds, kills] = long ? [20, 30] : [1, 2];
const women = [1, 2, 3, 4, 5, 6];
let folder = "";
const at = (...names: readonly string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-together-"));
  await mkdir(at("in"));
  const device: Device = { ...devices.aldebaranFull, rows: 300, columns: 200, mmPerPixel: 1 };
  const rows = ["path,woman,laterality,view,cancer"];
  for (const woman of women) {
    await writeFile(
      at("in", `${woman}.dcm`),
      encodeDicom(renderView({ seed: 5, woman, exam: 1, image: 1, laterality: "L", view: "CC", device, lesions: [] })),
    );
    rows.push(`${woman}.dcm,${woman},L,CC,${woman % 2}`);
  }
  await writeFile(at("in", "table.csv"), `${rows.join("\n")}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const calls = {
  deidentify: (out: string) => [at("in"), out, "--key", at("key")],
  standardize: (out: string) => [at("in"), "--out", out, "--mm-per-pixel", "1"],
  shard: (out: string) => [
    at("in", "table.csv"),
    "--cohort",
    "table",
    "--out",
    out,
    "--mm-per-pixel",
    "1",
    "--images-per-shard",
    "2",
    "--threads",
    "1",
  ],
  dream: (out: string) => ["--women", "12", "--effort", "0.01", "--width", "0.03125", "--stage", "S1", "--out", out],
} as const;
type Name = keyof typeof calls;
const all = Object.keys(calls) as Name[];
/** dream is raced with MAMMO_LONG=1 only, and killed in a suite of its own. */
const names = all.filter((name) => name !== "dream");
const raced = long ? all : names;

/** Every file by its path, with its bytes. */
async function content(out: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.sort().map(async (path) => [path.slice(out.length), (await readFile(path)).toString("latin1")] as const)),
  );
}

describe("two runs into one folder", () => {
  it.each(raced)("%s: one writes, the other says in one line that it does not", { timeout: 120_000 * rounds }, async (name) => {
    for (let round = 0; round < rounds; round++) {
      const out = at(`both-${name}-${round}`);
      await rm(at("key"), { force: true });
      const ended = await Promise.all([run(name, calls[name](out)), run(name, calls[name](out))]);
      const done = ended.filter(({ status }) => status === 0);
      // Shards go on where a finished run is: the second one may find all there, and touches nothing.
      expect(done.length === 1 || (name === "shard" && done.length === 2), JSON.stringify(ended)).toBe(true);
      for (const { status, stderr } of ended)
        if (status !== 0) expect(stderr.trim().split("\n").at(-1)).toMatch(/^error \[(in-use|not-empty|usage)\]: /);
      if (name === "shard") expect((await openShards(out)).images).toHaveLength(women.length);
      expect(Object.keys(await content(out)).filter((path) => /\.part$|lock|unfinished/.test(path))).toEqual([]);
    }
  });

  /** What each program writes; nobody else's. */
  const own: Readonly<Record<Name, RegExp>> = {
    deidentify: /^\/\d{6}\.dcm$/,
    standardize: /^\/((manifest|not-read)\.tsv|pictures\/\d{6}\.png)$/,
    shard: /^\/(shard-\d{6}\.(tar|idx|json)|(manifest|failures)\.parquet|SHA256SUMS|[\w-]+\.json)$/,
    dream: /^\/((run|summary)\.json$|(cohort|shards|checkpoints)\/)/,
  };
  const pairs = raced.flatMap((one, k) => raced.slice(k + 1).map((other) => [one, other] as const));

  it.each(pairs)("%s and %s: one of them writes, the other says in one line that it does not", { timeout: 120_000 * rounds }, async (...both) => {
    for (let round = 0; round < rounds; round++) {
      const out = at(`both-${both.join("-")}-${round}`);
      // Which of them begins first is left to the machine, and to who is named first.
      const order = round % 2 === 0 ? both : ([both[1], both[0]] as const);
      const ended = await Promise.all(order.map((name) => run(name, calls[name](out))));
      const winners = order.filter((_, k) => ended[k]!.status === 0);
      expect(winners, JSON.stringify(ended.map(({ stderr }) => stderr.slice(-300)))).toHaveLength(1);
      for (const { status, stderr } of ended)
        if (status !== 0) expect(stderr.trim().split("\n").at(-1)).toMatch(/^error \[(in-use|not-empty|other-run|usage)\]: /);
      const written = Object.keys(await content(out));
      expect(written.length).toBeGreaterThan(0);
      for (const path of written) expect(path).toMatch(own[winners[0]!]);
    }
  });

  it("two de-identifications with one new key get one key", { timeout: 240_000 }, async () => {
    await rm(at("key"), { force: true });
    const ended = await Promise.all([run("deidentify", calls.deidentify(at("first"))), run("deidentify", calls.deidentify(at("second")))]);
    expect(ended.map(({ status }) => status)).toEqual([0, 0]);
    expect(await content(at("first"))).toEqual(await content(at("second")));
  });
});

describe("a run that is killed", () => {
  it.each(names)("%s: the next one ends in the same bytes", { timeout: 120_000 * kills }, async (name) => {
    const whole = at(`whole-${name}`);
    const start = performance.now();
    expect((await run(name, calls[name](whole))).status).toBe(0);
    const took = performance.now() - start;
    const expected = await content(whole);
    for (let kill = 0; kill < kills; kill++) {
      const out = at(`killed-${name}-${kill}`);
      const signal = kill % 2 === 0 ? "SIGKILL" : "SIGTERM";
      await run(name, calls[name](out), (child) => void setTimeout(() => child.kill(signal), (took * (kill + 1)) / (kills + 1)));
      const again = await run(name, calls[name](out));
      // It may have been done already: then the folder is refused, whole.
      if (again.status !== 0) expect(again.stderr).toContain("[not-empty]");
      expect(await content(out)).toEqual(expected);
    }
  });
});

it("what is written is its owner's alone", async () => {
  for (const name of names) {
    const out = at(`whole-${name}`);
    expect((await stat(out)).mode & 0o777, name).toBe(0o700);
    for (const path of Object.keys(await content(out))) expect((await stat(out + path)).mode & 0o777, `${name} ${path}`).toBe(0o600);
  }
});

it("a used folder is refused, and nothing in it is touched", { timeout: 120_000 }, async () => {
  for (const name of all) {
    const out = at(`used-${name}`);
    await mkdir(out);
    for (const file of [".env", ".bashrc", "mine.txt"]) await writeFile(join(out, file), "mine");
    const { status, stderr } = await run(name, calls[name](out));
    expect([status, stderr]).toEqual([1, expect.stringMatching(/\[(not-empty|other-run)\]/)]);
    expect((await readdir(out)).sort()).toEqual([".bashrc", ".env", "mine.txt"]);
  }
});
