// The page: starts the backend that the address asks for (?backend=wasm&threads=2), reads exams and weights, shows the report of npm run score, and runs the trial.
import { type BackendName, selectBackend } from "@mammo/backend";
import { type WebWorker, webMammogramReader } from "@mammo/io";
import { type ScoredExam, scoreCohort } from "@mammo/pipeline";
import manifest from "@mammo/pipeline/package.json" with { type: "json" };
import { bundleOfFiles, isBundleFile, type PickedBundle, untrainedBundle } from "./bundles.ts";
import { droppedFiles, type PickedFile, pickedFiles } from "./pickedFiles.ts";
import { type ReadFiles, readExams } from "./readExams.ts";
import { reportJson, reportPage, type Scored } from "./report.ts";
import { syntheticExam } from "./syntheticExam.ts";
import { trial } from "./trial.ts";

const part = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [status, answer, progress, result] = [part("status"), part("answer"), part<HTMLProgressElement>("progress"), part("result")];
const frame = part<HTMLIFrameElement>("report");

const asked = new URLSearchParams(location.search);
const threads = asked.get("threads");
const ready = selectBackend({
  ...(asked.has("backend") ? { prefer: asked.get("backend") as BackendName } : {}),
  ...(threads ? { threads: Number(threads) } : {}),
  allowSoftwareGpu: asked.has("software"),
  wasmFolder: "wasm/",
});
const reader = webMammogramReader({ worker: () => new Worker("reader.js", { type: "module" }) as WebWorker });

/** What the visitor has given. */
let read: ReadFiles | undefined;
let picked: PickedBundle | undefined;
let shown: Scored | undefined;

void run(status, async () => {
  const { backend, device, threads, simd } = await ready;
  return `${backend} (${device}), ${threads} thread${threads === 1 ? "" : "s"}, ${simd}`;
});

for (const id of ["files", "folder"]) onFiles(part<HTMLInputElement>(id), (files) => work(() => take(files)));
for (const id of ["weights", "bundle"]) onFiles(part<HTMLInputElement>(id), (files) => work(() => takeWeights(files)));
part("synthetic").onclick = () =>
  work(async () => {
    const files: PickedFile[] = [];
    for (const file of syntheticExam(7)) {
      files.push(file);
      await tell("making a synthetic exam", files.length, 4);
    }
    return take(files);
  });
part("clear").onclick = () =>
  work(async () => {
    [read, picked] = [undefined, undefined];
    hide();
    return "cleared";
  });
part("trial").onclick = () => run(part("trialResult"), async () => JSON.stringify(await trial()));
part("savePage").onclick = () => shown && save("scores.html", "text/html", reportPage(shown));
part("saveJson").onclick = () => shown && save("scores.json", "application/json", reportJson(shown));

// Dropped anywhere: the browser would else open the file in the page's place.
document.ondragover = (event) => event.preventDefault();
document.ondragenter = () => document.body.classList.add("over");
document.ondragleave = (event) => event.relatedTarget === null && document.body.classList.remove("over");
document.ondrop = (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  const files = event.dataTransfer ? droppedFiles(event.dataTransfer) : Promise.resolve([]);
  work(async () => takeDropped(await files));
};

// The report's own scroll bar would be a second one.
frame.onload = fit;
addEventListener("resize", fit);
function fit(): void {
  frame.style.height = "0"; // or a page that has become shorter would fill the frame
  const height = frame.contentDocument?.documentElement.scrollHeight;
  if (height) frame.style.height = `${height + 4}px`;
}

async function takeDropped(files: readonly PickedFile[]): Promise<string> {
  const place = files.find(({ path }) => isBundleFile(path))?.path.replace(/[^/]*$/, "");
  const ofBundle = files.filter(({ path }) => place !== undefined && path.startsWith(place));
  const others = files.filter((file) => !ofBundle.includes(file));
  if (ofBundle.length === 0) return take(others);
  if (others.length === 0) return takeWeights(ofBundle);
  picked = await bundleOfFiles(ofBundle);
  return take(others);
}

/** The files of an exam, or of several, in the place of those before. */
async function take(files: readonly PickedFile[]): Promise<string> {
  read = undefined;
  hide();
  const found = await readExams(
    files.map(({ file }) => file),
    reader,
    (done) => void tell("reading", done, files.length),
  );
  if (found.exams.length === 0) {
    const [first] = found.notRead;
    if (first) throw Object.assign(new Error(first.reason), { code: first.code });
    throw new Error(`Expected mammograms in DICOM files, got ${files.length} files of other kinds`);
  }
  read = found;
  return scoreAll();
}

/** Other weights: what has been read is scored again. */
async function takeWeights(files: readonly PickedFile[]): Promise<string> {
  picked = await bundleOfFiles(files);
  if (read) return scoreAll();
  return `weights loaded, trained on “${picked.bundle.trainedOn}”`;
}

async function scoreAll(): Promise<string> {
  const { exams, notRead, leftOut } = read!;
  const { backend, device, threads, simd } = await ready;
  hide();
  const with_ = picked ?? (await untrainedBundle());
  const start = performance.now();
  const scoredExams: ScoredExam[] = [];
  await tell("scoring", 0, exams.length);
  for await (const one of scoreCohort(exams, with_.bundle, { examsAtOnce: 1 })) {
    scoredExams.push(one);
    await tell("scoring", scoredExams.length, exams.length);
  }
  const took = Math.round(performance.now() - start);
  const scored = {
    versions: { [manifest.name]: manifest.version },
    node: "none, in a browser",
    backend: `${backend}, ${device}, ${threads} thread${threads === 1 ? "" : "s"}, ${simd}`,
  };
  shown = { ...with_, exams: scoredExams, notRead, leftOut, scored };
  frame.srcdoc = reportPage(shown);
  result.hidden = false;
  const views = scoredExams.reduce((sum, { views }) => sum + views.length, 0);
  const left = [
    ...(notRead.length > 0 ? [`${notRead.length} could not be read`] : []),
    ...leftOut.map(({ files, reason }) => `left out: ${files} ${files === 1 ? "file" : "files"}, ${reason}`),
  ].map((text) => `; ${text}`);
  const scores = scoredExams.map(({ report }) => report.score).join(", ");
  return `${picked ? "" : "untrained, without meaning: "}score ${scores} of 10; ${views} views in ${took} ms${left.join("")}`;
}

/** The report goes away: what is shown is of what was given last. */
function hide(): void {
  shown = undefined;
  result.hidden = true;
  frame.srcdoc = "";
}

function onFiles(input: HTMLInputElement, use: (files: readonly PickedFile[]) => void): void {
  input.onchange = () => {
    const files = pickedFiles(input.files ?? []);
    // The same files may be picked again.
    input.value = "";
    if (files.length > 0) use(files);
  };
}

/** One thing after the other, whatever is clicked meanwhile. */
let last: Promise<void> = Promise.resolve();
function work(doing: () => Promise<string>): void {
  last = last.then(() =>
    run(answer, async () => {
      await ready;
      return doing().catch((error: unknown) => {
        hide();
        throw error;
      });
    }),
  );
}

/** How far it is, on the page before it goes on. */
async function tell(what: string, done: number, total: number): Promise<void> {
  [progress.hidden, progress.max, progress.value] = [false, total, done];
  answer.textContent = `${what} ${done} of ${total} …`;
  await new Promise((resolve) => void setTimeout(resolve));
}

/** Shows that work goes on, then its answer or why there is none. */
async function run(where: HTMLElement, doing: () => Promise<string>): Promise<void> {
  where.dataset["state"] = "busy";
  where.textContent = "…";
  try {
    where.textContent = await doing();
    where.dataset["state"] = "done";
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    where.textContent = code ? `${code}: ${message}` : message;
    where.dataset["state"] = "failed";
  }
  if (where === answer) progress.hidden = true;
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
