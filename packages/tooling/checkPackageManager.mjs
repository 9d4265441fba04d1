// node packages/tooling/checkPackageManager.mjs: the package manager's tarball has the hash that package.json pins, before anything of it runs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageManager, packageManagerHash } from "./setup.mjs";

const folder = mkdtempSync(join(tmpdir(), "mammo-manager-"));
try {
  const { status, stderr } = spawnSync("npm", ["pack", packageManager, "--ignore-scripts", "--pack-destination", folder], { encoding: "utf8" });
  const [tarball] = readdirSync(folder);
  if (status !== 0 || !tarball) throw new Error(`Expected npm to fetch ${packageManager}\n${stderr}`);
  const found = createHash("sha512")
    .update(readFileSync(join(folder, tarball)))
    .digest("hex");
  if (found !== packageManagerHash) throw new Error(`Expected ${packageManager} with SHA-512 ${packageManagerHash}, got ${found}`);
  console.log(`${packageManager} is the one that package.json pins`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
