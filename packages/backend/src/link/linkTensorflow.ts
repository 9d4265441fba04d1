import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BackendError } from "../errors.ts";
import { findTfjsNode, setAside, unlink } from "./tfjsNode.ts";

export interface LinkOptions {
  /** Folder whose node_modules holds tfjs-node. */
  readonly project: string;
  /** A wheel of Python's tensorflow or tensorflow-cpu; default: fetched with pip. */
  readonly wheel?: string;
  /** Of TensorFlow, for pip. */
  readonly version: string;
  /** What the wheel's SHA-256 must be, in hexadecimal. */
  readonly sha256?: string;
  /** Folder with node_api.h; default: that of this Node. */
  readonly headers?: string;
  readonly say: (line: string) => void;
}

/**
 * Links tfjs-node's addon to the libtensorflow inside a Python wheel: current CUDA, current processors, no download from tfjs's own host.
 *
 * The two libraries are checked against the hashes in the wheel's own RECORD; then the addon is compiled, and a process of its own must pass the self-test
 * of the backend. When anything fails, all is as before. Needs python3 and a C++ compiler (CXX, default g++); Linux. Source: ours.
 * @throws BackendError "unavailable" that says what was expected
 */
export async function linkTensorflow(options: LinkOptions): Promise<void> {
  const { project, say } = options;
  const target = findTfjsNode(project);
  const headers = findHeaders(options.headers);
  const work = mkdtempSync(join(tmpdir(), "mammo-link-"));
  try {
    const wheel = options.wheel ?? fetchWheel(target.name.endsWith("-gpu") ? "tensorflow" : "tensorflow-cpu", options.version, work);
    const hash = await sha256(wheel);
    say(`wheel: sha256 ${hash}`);
    if (options.sha256 && options.sha256.toLowerCase() !== hash) throw expected(`a wheel with SHA-256 ${options.sha256}`, hash);
    setAside(target);
    try {
      run("python3", ["-c", unpack, wheel, target.dependencies]);
      const library = join(target.dependencies, "lib");
      for (const name of ["cc", "framework"])
        symlinkSync(`libtensorflow_${name}.so.2`, join(library, name === "cc" ? "libtensorflow.so" : "libtensorflow_framework.so"));
      say("compiling the addon");
      const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(target.folder, "binding", file));
      const include = ["-I", target.folder, "-I", join(target.dependencies, "include"), "-I", headers];
      const link = [`-L${library}`, "-ltensorflow", "-ltensorflow_framework", `-Wl,-rpath,${library}`];
      const napi = /napi-v(\d+)/.exec(target.addon)?.[1] ?? "8";
      const flags = ["-shared", "-fPIC", "-O2", "-w", "-std=c++17", `-DNAPI_VERSION=${napi}`, "-DNODE_GYP_MODULE_NAME=tfjs_binding"];
      run(process.env["CXX"] ?? "g++", [...flags, ...include, ...sources, ...link, "-o", target.addon]);
      say(`self-test: ${proof(project)}`);
    } catch (error) {
      unlink(target);
      throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Takes headers and libraries out of the wheel, each checked against RECORD. */
const unpack = `
import base64, csv, hashlib, io, os, sys, zipfile
wheel, to = sys.argv[1:3]
archive = zipfile.ZipFile(wheel)
record = next(n for n in archive.namelist() if n.endswith(".dist-info/RECORD"))
hashes = {row[0]: row[1] for row in csv.reader(io.TextIOWrapper(archive.open(record), "utf-8"))}
libraries = 0
for name in archive.namelist():
    if name.endswith("/"): continue
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

/** Starts the linked TensorFlow in a process of its own: a crash there is an error here. */
function proof(project: string): string {
  const program = `import { selectBackend } from ${JSON.stringify(new URL("./index.js", import.meta.url).href)};
    console.log((await selectBackend({ prefer: "tensorflow" })).device);`;
  return run(process.execPath, ["--input-type=module", "--eval", program], project).trim().split("\n").at(-1) ?? "";
}

function fetchWheel(name: string, version: string, folder: string): string {
  run("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", `${name}==${version}`, "-d", folder]);
  const file = readdirSync(folder).find((entry) => entry.endsWith(".whl"));
  if (!file) throw expected(`pip to fetch a wheel of ${name} ${version}`, "none");
  return join(folder, file);
}

function findHeaders(given: string | undefined): string {
  const places = given ? [given] : [join(dirname(dirname(process.execPath)), "include", "node"), "/usr/include/node", "/usr/include/nodejs/src"];
  const found = places.find((place) => existsSync(join(place, "node_api.h")));
  if (!found) throw expected("Node's headers (node_api.h), also with --headers DIR", `none in ${places.join(", ")}`);
  return found;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

function run(command: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26, ...(cwd ? { cwd } : {}) });
  if (status !== 0) throw expected(`${command} to succeed`, (error?.message ?? `${stdout}${stderr}`).trim().slice(-2000));
  return stdout;
}

const expected = (what: string, got: string) => new BackendError("unavailable", `Expected ${what}, got ${got}`);
