// node packages/tooling/billOfMaterials.mjs --out DIR: what an installation of all packages, as a release would publish them, is made of: a CycloneDX bill
// (sbom.cdx.json, by npm itself) and its licenses (licenses.tsv). Fails where a component states no license.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { command, tail } from "./command.mjs";
import { emptyProject, inTemporaryFolder, packAll } from "./packages.mjs";
import { setup } from "./setup.mjs";

const { out } = parseArgs({ options: { out: { type: "string", default: "release" } } }).values;
setup();
await requireSuccess("turbo", ["run", "build", "--output-logs=errors-only"]);
await inTemporaryFolder(async (folder) => {
  const app = join(folder, "app");
  await emptyProject(app, [...(await packAll(join(folder, "packed"))).values()]);
  const { stdout } = await requireSuccess("npm", ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "library"], { cwd: app });
  const { components } = JSON.parse(stdout);
  const licenses = components.map(({ name, version, licenses = [] }) => ({ name, version, stated: licenses.map(licenseOf).join(" AND ") }));
  mkdirSync(resolve(out), { recursive: true });
  writeFileSync(join(resolve(out), "sbom.cdx.json"), stdout);
  writeFileSync(
    join(resolve(out), "licenses.tsv"),
    `name\tversion\tlicense\n${licenses.map((one) => `${Object.values(one).join("\t")}\n`).join("")}`,
  );
  const unknown = licenses.filter(({ stated }) => stated === "").map(({ name }) => name);
  console.log(`${components.length} components, ${unknown.length} without a license${unknown.length > 0 ? `: ${unknown.join(", ")}` : ""}`);
  if (unknown.length > 0) process.exitCode = 1;
});

function licenseOf({ license, expression }) {
  return expression ?? license?.id ?? license?.name ?? "";
}

async function requireSuccess(program, args, options) {
  const answer = await command(program, args, options);
  if (!answer.ok) throw new Error(`Expected ${program} ${args[0]} to succeed\n${tail(answer.output)}`);
  return answer;
}
