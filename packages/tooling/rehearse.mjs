// npm run release:rehearse: a whole release, in a copy of the tree, to a registry on this machine; then what a user would do.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, tail } from "./command.mjs";
import { answerHelp, readOptions } from "./help.mjs";
import { emptyProject, inTemporaryFolder, published } from "./packages.mjs";
import { examplePeers, readmeExamples, runExamples } from "./readmes.mjs";
import { root, setup, toolEnvironment } from "./setup.mjs";

/** Versions the packages, publishes them to a local Verdaccio, installs them from it and runs each README's examples. */
export function rehearse() {
  return inTemporaryFolder(async (folder) => {
    const copy = join(folder, "repository");
    await copyTree(copy);
    const checks = [];
    const versioned = await command("changeset", ["version"], { cwd: copy });
    checks.push({ name: "changeset version", ok: versioned.ok, output: tail(versioned.output) });
    const { version } = JSON.parse(readFileSync(join(copy, "packages/io/package.json"), "utf8"));
    for (const { name, folder: original } of published) {
      const own = join(copy, original.slice(root.length));
      const same = JSON.parse(readFileSync(join(own, "package.json"), "utf8")).version === version;
      checks.push({ name: `${name} gets ${version} and a changelog`, ok: same && existsSync(join(own, "CHANGELOG.md")), output: "" });
    }
    await withRegistry(join(folder, "registry"), async (url, npmrc) => {
      const publish = await command(process.execPath, [join(copy, "packages/tooling/publish.mjs"), "--registry", url], {
        cwd: copy,
        env: { npm_config_userconfig: npmrc, GITHUB_SERVER_URL: "https://rehearsal.invalid", GITHUB_REPOSITORY: "rehearsal/mammo" },
        seconds: 300,
      });
      checks.push({ name: "publish to the local registry", ok: publish.ok, output: tail(publish.output) });
      if (!publish.ok) return;
      const project = join(folder, "project");
      const examples = readmeExamples();
      const ours = published.map(({ name }) => `${name}@${version}`);
      await emptyProject(project, [...ours, ...examplePeers(examples)], { npmrc: readFileSync(npmrc, "utf8") });
      checks.push({ name: "install from the local registry", ok: true, output: "" });
      for (const { name } of published) {
        const manifest = JSON.parse(readFileSync(join(project, "node_modules", name, "package.json"), "utf8"));
        const lacks = ["repository", "homepage", "bugs", "keywords", "license", "description"].filter((field) => !manifest[field]);
        checks.push({ name: `${name} says where it comes from and what it is for`, ok: lacks.length === 0, output: `lacks ${lacks.join(", ")}` });
      }
      checks.push(...(await runExamples(project, examples)));
    });
    return { checks, notes: [`version ${version}`] };
  });
}

/** A copy of the files that git knows, plus what the build made; dependencies are links to the originals. */
async function copyTree(copy) {
  const listed = await command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (!listed.ok) throw new Error(`Expected a git repository to copy from\n${tail(listed.output)}`);
  const built = published
    .flatMap(({ folder }) => readdirSync(join(folder, "dist"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
  for (const file of [...listed.stdout.split("\0").filter(Boolean), ...built]) {
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  const workspaces = ["", "examples", ...readdirSync(join(root, "packages")).map((name) => join("packages", name))];
  for (const folder of workspaces)
    if (existsSync(join(root, folder, "node_modules")) && existsSync(join(copy, folder)))
      linkDependencies(join(root, folder), join(copy, folder), copy);
  // changesets asks git which commit brought a changeset.
  const git = (...args) => command("git", ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost", ...args], { cwd: copy });
  for (const args of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "."],
    ["commit", "--quiet", "--no-verify", "--message", "rehearsal"],
  ]) {
    const done = await git(...args);
    if (!done.ok) throw new Error(`Expected git ${args[0]} to succeed in the copy\n${tail(done.output)}`);
  }
}

/** Each dependency of `original` is a link to the same one; but our own packages are those of the copy, whose versions are the ones to be packed. */
function linkDependencies(original, folder, copy) {
  const [from, to] = [join(original, "node_modules"), join(folder, "node_modules")];
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== "@mammo") symlinkSync(join(from, name), join(to, name), "junction");
  if (!existsSync(join(from, "@mammo"))) return;
  mkdirSync(join(to, "@mammo"));
  for (const name of readdirSync(join(from, "@mammo"))) symlinkSync(join(copy, "packages", name), join(to, "@mammo", name), "junction");
}

/** Starts Verdaccio on loopback with a user of its own; everything that is not ours comes from npm's configured registry. */
async function withRegistry(folder, work) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const setting = async (name) => (await command("npm", ["config", "get", name])).stdout.trim();
  const [uplink, ca] = [await setting("registry"), await setting("cafile")];
  const config = {
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd"), max_users: 1 } },
    uplinks: { npm: { url: uplink, timeout: "60s", max_fails: 20 } },
    packages: { "@mammo/*": { access: "$all", publish: "$authenticated" }, "**": { access: "$all", proxy: "npm" } },
    log: { type: "file", path: join(folder, "log"), level: "warn" },
    max_body_size: "100mb",
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const require = createRequire(join(root, "package.json"));
  const verdaccio = join(dirname(require.resolve("verdaccio/package.json")), "bin/verdaccio");
  const server = spawn(process.execPath, [verdaccio, "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`], {
    // npm knows the certificates of its registry by file, Verdaccio by nothing but Node's own list.
    env: { NODE_EXTRA_CA_CERTS: ca === "null" ? "" : ca, ...toolEnvironment(), HOME: folder },
    stdio: "ignore",
  });
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  try {
    await answering(`${url}-/ping`, server);
    const user = { name: "rehearsal", password: "rehearsal-only", _id: "org.couchdb.user:rehearsal", type: "user" };
    const added = await fetch(`${url}-/user/org.couchdb.user:rehearsal`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(user),
    });
    const { token } = await added.json();
    if (!token) throw new Error(`Expected the local registry to give a token, got status ${added.status}`);
    const npmrc = join(folder, "npmrc");
    writeFileSync(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=${token}\n`);
    await work(url, npmrc);
  } finally {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (server.exitCode === null && server.kill()) await ended;
    process.off("exit", kill);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answering(url, server) {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`Expected the local registry to start, but it ended with ${server.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Expected the local registry to answer within 30 s");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  answerHelp(
    "npm run release:rehearse: versions the packages in a copy of the tree, publishes them to a registry on this machine, and installs them and runs the READMEs' examples as a user would.",
  );
  readOptions({});
  setup();
  const built = await command("turbo", ["run", "build"]);
  if (!built.ok) throw new Error(tail(built.output));
  const { checks } = await rehearse();
  for (const { name, ok, output } of checks) console.log(`${ok ? "ok  " : "FAIL"} ${name}${ok ? "" : `\n${output}`}`);
  process.exitCode = checks.every(({ ok }) => ok) ? 0 : 1;
}
