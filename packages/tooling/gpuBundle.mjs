// npm run gpu-bundle [-- --out FILE]: one archive for a bare Linux machine with a GPU and without network. Unpack it there and run mammo-gpu/run.sh.
// In it: Node, the packages as they ship with what they depend on, Dawn, Vulkan's loader, and the program of packages/checks/src/gpu.ts.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { command, tail } from "./command.mjs";
import { answerHelp, readOptions } from "./help.mjs";
import { catalogVersion, emptyProject, inTemporaryFolder, packAll } from "./packages.mjs";
import { root, setup } from "./setup.mjs";

/** What may be carried to a closed server by mail or stick; in bytes. */
const limit = 60e6;
answerHelp(
  "npm run gpu-bundle [-- --out FILE]: packs one archive (mammo-gpu.tar.gz) for a Linux machine with a GPU and without network; unpack it there and run mammo-gpu/run.sh.",
);
const { values } = readOptions({ options: { out: { type: "string", default: "mammo-gpu.tar.gz" } } });
const archive = resolve(process.env.INIT_CWD ?? process.cwd(), values.out);

try {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("Expected Linux on x64, where Node and Dawn are packed from");
  setup();
  await requireSuccess("turbo", ["run", "build", "--output-logs=errors-only"]);
  await inTemporaryFolder(async (folder) => {
    const bundle = join(folder, "mammo-gpu");
    await addPackages(join(bundle, "app"), join(folder, "packed"));
    await addSuite(join(bundle, "app"));
    await addNode(join(bundle, "bin"));
    await addLibraries(join(bundle, "lib"));
    for (const file of ["run.sh", "README.md"]) copyFileSync(join(root, "packages/checks/src/gpu", file), join(bundle, file));
    chmodSync(join(bundle, "run.sh"), 0o755);
    // A name that nobody else can have made, or made a link of.
    const place = mkdtempSync(join(dirname(archive), ".gpu-bundle-"));
    const part = join(place, basename(archive));
    process.once("exit", () => rmSync(place, { recursive: true, force: true }));
    try {
      // The archive holds no user's name and no time.
      const names = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name", "--mtime=@0"];
      await requireSuccess("tar", ["--create", "--gzip", ...names, "--file", part, "--directory", folder, "mammo-gpu"]);
      const { size } = statSync(part);
      if (size > limit) throw new Error(`Expected an archive of at most ${limit} bytes, got ${size}`);
      renameSync(part, archive);
      console.log(`${basename(archive)} ${(size / 1e6).toFixed(1)} MB`);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** The tarballs that a release would publish, installed with the peers of the GPU and cut down to what Node loads on this platform. */
async function addPackages(app, packed) {
  const tarballs = await packAll(packed);
  const peers = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-webgpu", "webgpu"].map((name) => `${name}@${catalogVersion(name)}`);
  await emptyProject(app, [...tarballs.values(), ...peers]);
  const modules = join(app, "node_modules");
  const needless = [/\.map$/, /\.d\.[cm]?ts$/, /\.min\.js$/, /^\.package-lock\.json$/];
  // tfjs ships each backend eight times over, and Dawn for five platforms.
  const tensorflow = /^@tensorflow\/[^/]+\/(?!package\.json$|LICENSE|dist\/tf-[^/]+\.node\.js$|dist\/[^/]+\.wasm$|(dist\/)?wasm-out\/)/;
  for (const file of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath ?? file.path, file.name);
    const name = path.slice(modules.length + 1);
    const elsewhere = /^webgpu\/dist\/(?!linux-x64\/)/.test(name);
    if (!file.isDirectory() && (elsewhere || tensorflow.test(name) || needless.some((one) => one.test(name)))) rmSync(path);
  }
  await requireSuccess("find", [modules, "-type", "d", "-empty", "-delete"]);
  for (const file of ["package-lock.json", ".npmrc", "node_modules/@types", "node_modules/@webgpu"])
    rmSync(join(app, file), { recursive: true, force: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
}

/** The suite as one file that imports the packages by their names. */
async function addSuite(app) {
  await requireSuccess("tsup", ["--out-dir", app], { cwd: join(root, "packages/checks") });
}

/** The Node that runs this, without its symbols where `strip` is at hand. */
async function addNode(bin) {
  mkdirSync(bin, { recursive: true });
  const node = join(bin, "node");
  copyFileSync(realpathSync(process.execPath), node);
  chmodSync(node, 0o755);
  const linked = await command("ldd", [node]);
  if (/libnode|libuv|libssl|libicu/.test(linked.output))
    throw new Error("Expected a Node that stands alone, as nodejs.org and npm build it, got one of shared libraries");
  await command("strip", [node]);
  if (!(await command(node, ["--version"])).ok) throw new Error("Expected the packed Node to run");
}

/** Vulkan's loader, and the C++ runtime that Dawn needs (GLIBCXX_3.4.30), for machines that lack them: run.sh takes them only there. */
async function addLibraries(lib) {
  const listed = (await command("ldconfig", ["-p"], { env: { PATH: `${process.env.PATH}:/sbin:/usr/sbin` } })).stdout;
  for (const [folder, name] of [
    ["vulkan", "libvulkan.so.1"],
    ["cxx", "libstdc++.so.6"],
    ["cxx", "libgcc_s.so.1"],
  ]) {
    const path = new RegExp(`${name.replaceAll("+", "\\+")} .*x86-64.* => (\\S+)`).exec(listed)?.[1];
    if (!path || !existsSync(path)) throw new Error(`Expected ${name} on this machine (Debian: libvulkan1, libstdc++6, libgcc-s1), got none`);
    mkdirSync(join(lib, folder), { recursive: true });
    cpSync(realpathSync(path), join(lib, folder, name));
  }
}

async function requireSuccess(program, args, options) {
  const { ok, output } = await command(program, args, options);
  if (!ok) throw new Error(`Expected ${basename(program)} ${args[0]} to succeed\n${tail(output)}`);
}
