// The packages in browsers: packed, installed into an empty project, bundled by esbuild, Vite and webpack with no setting that is about them, and run in Chromium.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, tail } from "./command.mjs";
import { catalogVersion, emptyProject, inTemporaryFolder, packAll } from "./packages.mjs";
import { root } from "./setup.mjs";

/** What a page and Node do alike: files of every transfer syntax read, an area under a curve with its interval and picture, a view through a net. */
const work = `
import { selectBackend } from "@mammo/backend";
import { codecs, htj2kCodec, jpeg2000Codec, readMammogram } from "@mammo/io";
import { areaUnder, bootstrapRoc, rocCurve } from "@mammo/metrics";
import { rocPlot } from "@mammo/metrics/plot";
import { classifyView, dreamNet } from "@mammo/models";
import { scoreExam } from "@mammo/pipeline";

export async function work(files, wasm) {
  const where = wasm ? [jpeg2000Codec({ wasm: wasm + "openjpegwasm_decode.wasm" }), htj2kCodec({ wasm: wasm + "openjphjs.wasm" })] : [];
  const sums = {};
  for (const [syntax, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const { image } = await readMammogram(bytes, { codecs: [...where, ...codecs] });
    sums[syntax] = image.pixels.reduce((sum, value, at) => (sum + value * ((at % 1009) + 1)) % 1e9, 0);
  }
  const labels = Array.from({ length: 60 }, (_, i) => Number(i % 5 === 0));
  const scores = labels.map((label, i) => ((i * 37) % 101) / 101 + 0.3 * label);
  const { area } = bootstrapRoc({ labels, scores, clusters: labels.map((_, i) => i >> 1) }, { area: areaUnder }, { seed: 1, resamples: 100 });
  await selectBackend({ prefer: "wasm", threads: 1, ...(wasm && { wasmFolder: wasm }) });
  const [rows, columns] = [512, 448];
  const pixels = Float32Array.from({ length: rows * columns }, (_, i) => (i % 97) / 97);
  const probability = await classifyView(dreamNet({ width: 0.0625, seed: 1, rows, columns }), { pixels, rows, columns });
  return {
    sums,
    area: [area.low, area.estimate, area.high],
    picture: rocPlot([{ name: "model", curve: rocCurve(labels, scores) }]),
    probability: probability.toFixed(4),
    scoreExam: typeof scoreExam,
  };
}
`;
const page = `
import { work } from "./work.js";
const output = document.getElementById("output");
fetch("/files.json")
  .then((answer) => answer.json())
  .then((files) => work(files, "/"))
  .then((found) => void (output.textContent = JSON.stringify(found)), (error) => void (output.textContent = "failed: " + error.stack))
  .then(() => void output.setAttribute("data-state", "done"));
`;
const html = (script) => `<!doctype html><title>bundled</title><output id="output"></output><script type="module" src="${script}"></script>`;

/** Each bundler: its name, and how it puts page.js into the folder out. Gives what it complains of. */
const bundlers = {
  async esbuild(project, out) {
    const { build } = await import("esbuild");
    const options = { entryPoints: [join(project, "page.js")], bundle: true, splitting: true, format: "esm", outdir: out, logLevel: "silent" };
    const { warnings } = await build(options);
    writeFileSync(join(out, "index.html"), html("/page.js"));
    return warnings.map(({ text }) => text);
  },
  async vite(project, out) {
    const { build, createLogger } = await import("vite");
    writeFileSync(join(project, "index.html"), html("/page.js"));
    const said = [];
    const customLogger = { ...createLogger("silent"), warn: (text) => void said.push(text), warnOnce: (text) => void said.push(text) };
    await build({ root: project, configFile: false, logLevel: "silent", customLogger, build: { outDir: out, emptyOutDir: true } });
    return said;
  },
  async webpack(project, out) {
    const { default: webpack } = await import("webpack");
    const options = {
      context: project,
      mode: "production",
      entry: "./page.js",
      output: { path: out, filename: "page.js" },
      performance: { hints: false },
    };
    const stats = await new Promise((resolve, reject) => void webpack(options, (error, done) => (error ? reject(error) : resolve(done))));
    writeFileSync(join(out, "index.html"), html("/page.js"));
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    // An optional peer that nobody has installed: the backend goes on without it.
    const isKnown = ({ message }) => message.includes("Can't resolve '@tensorflow/tfjs-backend-webgpu'");
    return [...errors, ...warnings.filter((one) => !isKnown(one))].map(({ message }) => message);
  },
};

/** A check for each bundler, and one for what its page says in Chromium; skipped without Chromium (MAMMO_CHROMIUM). */
export function bundled() {
  return inTemporaryFolder(async (folder) => {
    const packed = await packAll(join(folder, "packed"));
    const project = join(folder, "project");
    await emptyProject(project, [...packed.values(), `@tensorflow/tfjs-core@${catalogVersion("@tensorflow/tfjs-core")}`]);
    const files = await breasts(folder);
    writeFileSync(join(project, "work.js"), work);
    writeFileSync(join(project, "page.js"), page);
    writeFileSync(join(project, "files.json"), JSON.stringify(files));
    const inNode = `import { readFileSync } from "node:fs"; import { work } from "./work.js"; console.log(JSON.stringify(await work(JSON.parse(readFileSync("files.json", "utf8")))));`;
    writeFileSync(join(project, "node.mjs"), inNode);
    const expected = await command(process.execPath, ["node.mjs"], { cwd: project, seconds: 60 });
    const checks = [{ name: `Node reads ${files.length} transfer syntaxes`, ok: expected.ok && files.length > 10, output: tail(expected.output) }];
    for (const [name, bundle] of Object.entries(bundlers)) {
      const out = join(folder, name);
      const said = await bundle(project, out).catch((error) => [String(error)]);
      checks.push({
        name: `${name} bundles io, metrics, models, backend and pipeline without a word`,
        ok: said.length === 0,
        output: said.join("\n"),
      });
      const found = said.length === 0 ? await inChromium(out, project) : undefined;
      checks.push({
        name: `${name}: its page gives Node's pixels, area, picture and probability in Chromium`,
        ok: found === undefined ? undefined : found === expected.stdout.trim(),
        output: `${found}`.slice(0, 2000),
      });
    }
    return { checks };
  });
}

/** The same small breast in each transfer syntax: [UID, file in base64], by the maker of io's own tests. */
async function breasts(folder) {
  const { build } = await import("esbuild");
  const source = join(root, "packages/io/test/breastFiles.ts");
  const outfile = join(folder, "breastFiles.mjs");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@mammo/source"],
    define: { "import.meta.url": JSON.stringify(pathToFileURL(source).href) },
    alias: { "@mammo/testing": join(root, "packages/testing/src/golden.ts") },
  });
  const { breastFiles } = await import(pathToFileURL(outfile).href);
  return [...breastFiles()].map(([syntax, bytes]) => [syntax, Buffer.from(bytes).toString("base64")]);
}

/** What the page writes, or undefined where there is no Chromium. */
async function inChromium(out, project) {
  const asked = process.env.MAMMO_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(asked)) return undefined;
  const { chromium } = await import("playwright-core");
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
  const codecs = createRequire(join(project, "page.js"));
  const tfjs = dirname(codecs.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  const elsewhere = {
    ...Object.fromEntries(
      ["", "-simd", "-threaded-simd"].map((kind) => [`/tfjs-backend-wasm${kind}.wasm`, join(tfjs, `wasm-out/tfjs-backend-wasm${kind}.wasm`)]),
    ),
    "/files.json": join(project, "files.json"),
    "/openjpegwasm_decode.wasm": codecs.resolve("@cornerstonejs/codec-openjpeg/decodewasm"),
    "/openjphjs.wasm": codecs.resolve("@cornerstonejs/codec-openjph/wasm"),
  };
  const server = createServer(({ url }, response) => {
    const path = elsewhere[url] ?? join(out, url === "/" ? "index.html" : url);
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const switches =
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
  const browser = await chromium.launch({ executablePath: asked, args: switches.split(" ") });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    const output = tab.locator("#output[data-state=done]");
    await output.waitFor({ timeout: 60_000, state: "attached" });
    return await output.textContent();
  } finally {
    await browser.close();
    server.close();
  }
}
