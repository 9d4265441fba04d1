// Publishes each package whose version the registry does not have yet, from the very tarball that pnpm packs.
//   publish.mjs                  for the release workflow: npm's registry, provenance, a git tag for each package
//   publish.mjs --registry URL   for the rehearsal: that registry, neither provenance nor tags
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { command, tail } from "./command.mjs";
import { inTemporaryFolder, packAll, published } from "./packages.mjs";
import { root } from "./setup.mjs";

const { registry } = parseArgs({ options: { registry: { type: "string" } } }).values;
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;

// Provenance binds a package to the repository that it names, and only the workflow knows where it runs: so do the links that npm shows.
if (!server || !repository) throw new Error("Expected GITHUB_SERVER_URL and GITHUB_REPOSITORY (OWNER/NAME), which the workflow has, got none");
for (const { folder } of published) {
  const file = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const directory = relative(root, folder);
  const named = {
    ...manifest,
    homepage: `${server}/${repository}/tree/main/${directory}#readme`,
    bugs: `${server}/${repository}/issues`,
    repository: { type: "git", url: `git+${server}/${repository}.git`, directory },
  };
  writeFileSync(file, `${JSON.stringify(named, null, 2)}\n`);
}

await inTemporaryFolder(async (folder) => {
  const tarballs = await packAll(folder);
  const where = registry ? ["--registry", registry] : [];
  for (const { name, manifest } of published) {
    const wanted = `${name}@${manifest.version}`;
    const there = await command("npm", ["view", wanted, "version", ...where]);
    if (there.ok && there.stdout.trim() === manifest.version) {
      console.log(`${wanted} is published already`);
      continue;
    }
    await requireSuccess("npm", ["publish", tarballs.get(name), "--access", "public", ...(registry ? where : ["--provenance"])]);
    if (!registry) await requireSuccess("git", ["tag", wanted]);
    console.log(`${wanted} published`);
  }
});
if (!registry) await requireSuccess("git", ["push", "--tags"]);

async function requireSuccess(program, args) {
  const { ok, output } = await command(program, args);
  if (!ok) throw new Error(`Expected ${program} ${args.join(" ")} to succeed\n${tail(output)}`);
}
