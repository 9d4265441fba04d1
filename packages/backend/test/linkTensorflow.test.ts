import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { linkTensorflow } from "../src/link/linkTensorflow.ts";
import { setAside, unlink } from "../src/link/tfjsNode.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-link-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("link-tensorflow", () => {
  it("says what to install where there is no tfjs-node", async () => {
    const link = linkTensorflow({ project: folder, version: "2.18.0", say: () => {} });
    await expect(link).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining("npm install --ignore-scripts") });
  });

  it("puts back what was there, also after a second link", () => {
    const target = { name: "x", folder, dependencies: join(folder, "deps"), addon: join(folder, "lib", "addon.node") };
    mkdirSync(target.dependencies);
    mkdirSync(join(folder, "lib"));
    writeFileSync(join(target.dependencies, "old"), "1");
    writeFileSync(target.addon, "old addon");
    for (let turn = 0; turn < 2; turn++) {
      setAside(target);
      expect(existsSync(join(target.dependencies, "old"))).toBe(false);
      writeFileSync(target.addon, "new addon");
    }
    unlink(target);
    expect(readFileSync(join(target.dependencies, "old"), "utf8")).toBe("1");
    expect(readFileSync(target.addon, "utf8")).toBe("old addon");
  });

  // MAMMO_TENSORFLOW_WHEEL names a wheel that is there already.
  it.skipIf(process.env["MAMMO_LONG"] !== "1")(
    "gives right gradients on the TensorFlow of a real wheel (only with MAMMO_LONG=1: fetches 230 MB with pip)",
    () => {
      const project = join(folder, "project");
      const home = fileURLToPath(new URL("..", import.meta.url));
      const run = (command: string, args: readonly string[], cwd = project) => {
        const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" } });
        expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
        return stdout;
      };
      mkdirSync(project);
      writeFileSync(join(project, "package.json"), "{}");
      const packages = ["tfjs-node", "tfjs-core", "tfjs-backend-wasm"].map((name) => `@tensorflow/${name}@4.22.0`);
      run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages]);
      run("npx", ["tsup"], home);
      const installed = join(project, "node_modules", "@mammo", "backend");
      for (const part of ["dist", "package.json"]) cpSync(join(home, part), join(installed, part), { recursive: true });
      const wheel = process.env["MAMMO_TENSORFLOW_WHEEL"];
      const cli = join(installed, "dist", "cli.js");
      expect(run(process.execPath, [cli, "link-tensorflow", ...(wheel ? ["--wheel", wheel] : [])])).toMatch(/self-test: (CPU|GPU), TensorFlow 2/);
      const program = `
        import { selectBackend } from "@mammo/backend";
        import { checkGradient, gradientCases } from "@mammo/backend/gradients";
        const { backend } = await selectBackend({ prefer: "tensorflow" });
        for (const test of gradientCases) {
          if (test.without?.(backend)) continue;
          const { op, form, valueError, gradientError, problem } = await checkGradient(test);
          if (!(valueError < 1e-4 && gradientError < 1e-4)) throw new Error([op, form, valueError, gradientError, problem].join(" "));
        }
        console.log(backend);`;
      writeFileSync(join(project, "gradients.mjs"), program);
      expect(run(process.execPath, ["gradients.mjs"])).toBe("tensorflow\n");
      run(process.execPath, [cli, "link-tensorflow", "--undo"]);
      expect(existsSync(join(project, "node_modules", "@tensorflow", "tfjs-node", "deps"))).toBe(false);
    },
    600_000,
  );
});
