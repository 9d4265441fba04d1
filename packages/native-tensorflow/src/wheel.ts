import { createHash } from "node:crypto";
import { createReadStream, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { NativeTensorflowError, type NativeTensorflowErrorCode } from "./errors.ts";
import { runCommand } from "./runCommand.ts";

/** Wheels (CPython 3.11, x86-64) that were linked and passed every row of the gradient table, by their SHA-256. */
const known: Readonly<Record<string, string>> = {
  "tensorflow_cpu-2.18.0": "089e71746960ea581dca53401f84b3b99c8537313e337a9e5dbf97036a936f7e",
  "tensorflow_cpu-2.19.1": "0b6d72bd09c267e7573757bd309f5b1e2cdb02577339991da751f3a1411e4dae",
  "tensorflow_cpu-2.20.0": "cf756bbe2d256e942ab5d0ad2c858fb40017581494febdb4387c149b1afde780",
  "tensorflow_cpu-2.21.0": "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  "tensorflow-2.20.0": "481499fd0f824583de8945be61d5e827898cdaa4f5ea1bc2cc28ca2ccff8229e",
};

/** Fetches a wheel into `folder`. Which Python it is for does not matter, since only its libraries are used: with one for all there is one hash for all. */
export function fetchWheel(name: "tensorflow" | "tensorflow-cpu", version: string, folder: string): string {
  const which = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11", `${name}==${version}`];
  runPython(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", ...which, "-d", folder], folder, "unavailable");
  const file = readdirSync(folder).find((entry) => entry.endsWith(".whl"));
  if (!file) throw new NativeTensorflowError("unavailable", `Expected pip to fetch a wheel of ${name} ${version}, got none`);
  return join(folder, file);
}

/**
 * SHA-256 of a wheel in hexadecimal: that which the caller states, or one of the wheels that this package was tried with, whatever the file is called.
 * @throws NativeTensorflowError "wrong-hash", also where nobody has said which it must be: what is linked is executed.
 */
export async function checkWheel(wheel: string, wanted?: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(wheel)) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw new NativeTensorflowError("unavailable", `Expected to read the wheel, got ${(error as Error).message}`, { cause: error });
  }
  const found = hash.digest("hex");
  const [, release] = /^(.*-[\d.]+)-cp311-.*x86_64\.whl$/.exec(basename(wheel)) ?? [];
  const expected = wanted?.toLowerCase() ?? (release !== undefined && Object.hasOwn(known, release) ? known[release] : undefined);
  const isKnown = Object.values(known).includes(found);
  if (expected === undefined ? !isKnown : expected !== found)
    throw new NativeTensorflowError(
      "wrong-hash",
      expected === undefined
        ? `Expected a wheel of a known release, or its SHA-256 by --sha256, got one of SHA-256 ${found}`
        : `Expected a wheel with SHA-256 ${expected}, got ${found}`,
    );
  return found;
}

/** Takes TensorFlow's headers and its two libraries out of the wheel, each checked against the wheel's own RECORD. */
export function unpackWheel(wheel: string, to: string): void {
  runPython(["-c", unpack, resolve(wheel), resolve(to)], dirname(resolve(to)), "wrong-hash");
}

/** Isolated (-I): no module of the working folder, of the user or of PYTHONPATH is imported in the place of Python's own; and not from the caller's folder. */
function runPython(args: readonly string[], folder: string, code: NativeTensorflowErrorCode): void {
  runCommand("python3", ["-I", ...args], { code, folder });
}

const unpack = `
import base64, csv, hashlib, io, os, sys, zipfile
wheel, to = sys.argv[1:3]
try: archive = zipfile.ZipFile(wheel)
except zipfile.BadZipFile as error: sys.exit(f"Expected a wheel (a zip archive): {error}")
record = next((n for n in archive.namelist() if n.endswith(".dist-info/RECORD")), None)
if record is None: sys.exit("Expected a wheel with a RECORD")
hashes = {row[0]: row[1] for row in csv.reader(io.TextIOWrapper(archive.open(record), "utf-8"))}
libraries = 0
for name in archive.namelist():
    if name.endswith("/") or ".." in name.split("/"): continue
    if name.startswith("tensorflow/include/") and name.split("/")[2] in ("tensorflow", "tsl", "xla"): place = name[len("tensorflow/"):]
    elif name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"): place, libraries = "lib/" + name[len("tensorflow/"):], libraries + 1
    else: continue
    path = os.path.join(to, place)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(name) as source, open(path, "wb") as out:
        while chunk := source.read(1 << 20): digest.update(chunk); out.write(chunk)
    found = "sha256=" + base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    if hashes.get(name) != found: sys.exit(f"Expected {name} to have {hashes.get(name)}, got {found}")
if libraries != 2: sys.exit("Expected libtensorflow_cc.so.2 and libtensorflow_framework.so.2 in the wheel")
`;
