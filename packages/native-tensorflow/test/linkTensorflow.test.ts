import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { linkTensorflow, unlinkTensorflow } from "../src/index.ts";
import { activateLinked, makeLinkedFolder, restoreAddon } from "../src/tfjsNode.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-link-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("linkTensorflow", () => {
  it("says what to install where there is no tfjs-node", async () => {
    const link = linkTensorflow({ project: folder });
    await expect(link).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining("npm install --ignore-scripts") });
  });

  /** A package of tfjs-node's form; "linked" makes another and puts it in use. */
  function fakePackage(name: string) {
    const target = { name: "x", folder: join(folder, name), addon: join(folder, name, "lib", "napi-v8", "addon.node") };
    mkdirSync(join(target.folder, "dist"), { recursive: true });
    writeFileSync(join(target.folder, "package.json"), "{}");
    const build = (hash: string) => {
      const linked = makeLinkedFolder(target, hash);
      mkdirSync(join(linked, "lib", "napi-v8"), { recursive: true });
      writeFileSync(join(linked, "lib", "napi-v8", "addon.node"), `addon ${hash}`);
      return linked;
    };
    const inUse = () => (existsSync(target.addon) ? readFileSync(target.addon, "utf8") : undefined);
    const folders = () => readdirSync(target.folder).filter((entry) => entry.startsWith("linked-"));
    return { target, build, inUse, folders };
  }

  it("puts back the ordinary addon, also after a second link, and leaves no folder", () => {
    const { target, build, inUse, folders } = fakePackage("ordinary");
    mkdirSync(dirname(target.addon), { recursive: true });
    writeFileSync(target.addon, "old addon");
    for (const hash of ["a", "b"]) {
      activateLinked(target, build(hash));
      expect(inUse()).toBe(`addon ${hash}`);
      expect(folders()).toHaveLength(1);
    }
    restoreAddon(target);
    expect(inUse()).toBe("old addon");
    expect(folders()).toEqual([]);
    restoreAddon(target); // nothing to undo: nothing happens
    expect(inUse()).toBe("old addon");
  });

  it("leaves nothing where there was nothing", () => {
    const { target, build, inUse, folders } = fakePackage("bare");
    activateLinked(target, build("a"));
    expect(inUse()).toBe("addon a");
    restoreAddon(target);
    expect([inUse(), folders()]).toEqual([undefined, []]);
  });

  it("a run that was killed while it built does not touch what is in use, and the next one clears it away", () => {
    const { target, build, inUse, folders } = fakePackage("killed");
    activateLinked(target, build("a"));
    build("b"); // and killed here
    expect(inUse()).toBe("addon a");
    activateLinked(target, build("c"));
    expect([inUse(), folders().length]).toEqual(["addon c", 1]);
  });

  it("leaves alone what another run is building, and clears away what a dead one has left", () => {
    const { target, build, folders } = fakePackage("beside");
    const gone = spawnSync("true").pid;
    for (const [hash, pid] of [["b", process.ppid] as const, ["d", gone] as const])
      renameSync(build(hash), join(target.folder, `linked-${hash}-${pid}`));
    activateLinked(target, build("a"));
    expect(folders().sort()).toEqual([`linked-a-${process.pid}`, `linked-b-${process.ppid}`]);
  });

  it("refuses a wheel with another hash, and leaves things as they were", async () => {
    const { target, folders } = fakePackage("node_modules/@tensorflow/tfjs-node");
    mkdirSync(join(target.folder, "node_modules/@mapbox/node-pre-gyp"), { recursive: true });
    writeFileSync(
      join(target.folder, "node_modules/@mapbox/node-pre-gyp/index.js"),
      "exports.find = (manifest) => require('path').join(manifest, '../lib/napi-v8/addon.node');",
    );
    const link = (name: string, sha256?: string) => {
      writeFileSync(join(folder, name), "no wheel");
      return linkTensorflow({ project: folder, wheel: join(folder, name), ...(sha256 ? { sha256 } : {}) });
    };
    await expect(link("x.whl", "00")).rejects.toMatchObject({ code: "wrong-hash" });
    // The name of a release that was tried, with other bytes.
    await expect(link("tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_17_x86_64.whl")).rejects.toMatchObject({ code: "wrong-hash" });
    // Nobody has said which it must be, by whatever name.
    for (const name of ["y.whl", "tensorflow_cpu-9.9.9-cp311-cp311-manylinux_2_17_x86_64.whl"])
      await expect(link(name)).rejects.toMatchObject({ code: "wrong-hash", message: expect.stringContaining("--sha256") });
    // Right by its hash, yet no wheel inside; and no module of another folder is executed to find out.
    const hash = createHash("sha256").update("no wheel").digest("hex");
    const marker = join(folder, "executed");
    writeFileSync(join(folder, "csv.py"), `open(${JSON.stringify(marker)}, "w")`);
    const before = process.env["PYTHONPATH"];
    process.env["PYTHONPATH"] = folder;
    try {
      await expect(link("y.whl", hash)).rejects.toMatchObject({ code: "wrong-hash", message: expect.stringContaining("zip archive") });
    } finally {
      if (before === undefined) delete process.env["PYTHONPATH"];
      else process.env["PYTHONPATH"] = before;
    }
    expect(existsSync(marker)).toBe(false);
    expect(folders()).toEqual([]);
    await expect(linkTensorflow({ project: folder, wheel: join(folder, "none.whl") })).rejects.toMatchObject({ code: "unavailable" });
    unlinkTensorflow(folder); // nothing to undo: nothing happens
    expect(existsSync(target.addon)).toBe(false);
  });

  // MAMMO_TENSORFLOW_WHEEL names a wheel that is there already.
  it.skipIf(process.env["MAMMO_LONG"] !== "1")(
    "gives right gradients on the TensorFlow of a real wheel (only with MAMMO_LONG=1: fetches 230 MB with pip)",
    () => {
      const project = join(folder, "project");
      const packages = fileURLToPath(new URL("../..", import.meta.url));
      const run = (command: string, args: readonly string[], cwd = project) => {
        const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" } });
        expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
        return stdout;
      };
      mkdirSync(project);
      writeFileSync(join(project, "package.json"), "{}");
      const tfjs = ["tfjs-node", "tfjs-core", "tfjs-backend-wasm"].map((name) => `@tensorflow/${name}@4.22.0`);
      run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...tfjs]);
      for (const name of ["backend", "native-tensorflow"]) {
        const source = join(packages, name);
        run("npx", ["tsup"], source);
        for (const part of ["dist", "package.json"])
          cpSync(join(source, part), join(project, "node_modules/@mammo", name, part), { recursive: true });
      }
      const wheel = process.env["MAMMO_TENSORFLOW_WHEEL"];
      const cli = join(project, "node_modules/@mammo/native-tensorflow/dist/cli.js");
      expect(run(process.execPath, [cli, "link", ...(wheel ? ["--wheel", wheel] : [])])).toMatch(/self-test: (CPU|GPU), TensorFlow 2/);
      const contents = `
        import { selectBackend } from "@mammo/backend";
        import { checkGradient, gradientCases } from ${JSON.stringify(fileURLToPath(import.meta.resolve("@mammo/testing/gradients")))};
        const { backend } = await selectBackend({ prefer: "tensorflow" });
        for (const test of gradientCases) {
          if (test.without?.(backend)) continue;
          const { op, form, valueError, gradientError, problem } = await checkGradient(test);
          if (!(valueError < 1e-4 && gradientError < 1e-4)) throw new Error([op, form, valueError, gradientError, problem].join(" "));
        }
        console.log(backend);`;
      const program = join(project, "gradients.mjs");
      const stdin = { contents, resolveDir: join(packages, "native-tensorflow") };
      buildSync({ stdin, bundle: true, platform: "node", format: "esm", external: ["@mammo/backend", "@tensorflow/*"], outfile: program });
      expect(run(process.execPath, [program])).toBe("tensorflow\n");
      run(process.execPath, [cli, "unlink"]);
      const left = readdirSync(join(project, "node_modules", "@tensorflow", "tfjs-node")).filter((entry) => entry.startsWith("linked-"));
      expect(left).toEqual([]);
    },
    600_000,
  );
});
