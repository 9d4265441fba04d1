import { getBackend, setBackend } from "@tensorflow/tfjs-core";
import { type Candidate, candidates } from "./candidates.ts";
import { BackendError } from "./errors.ts";
import { isNode } from "./node.ts";
import { processors } from "./processors.ts";
import { registerGradients } from "./registerGradients.ts";
import { releaseTapeOnError } from "./repairs/releaseTape.ts";
import { selfTest } from "./selfTest.ts";

/** The backends by tfjs's own names. */
export type BackendName = "tensorflow" | "webgpu" | "wasm" | "cpu";

export interface SelectBackendOptions {
  /** This backend or an error, never another in its place. Default: the environment variable MAMMO_BACKEND, else the first that runs. */
  readonly prefer?: BackendName;
  /** Threads for wasm and for TensorFlow on the CPU. Default: the number of processors, at most 8. */
  readonly threads?: number;
  /**
   * Where `webgpu` is asked for by name: accept a GPU that is software (lavapipe, SwiftShader), which is correct and slower than wasm. Default false: a name
   * alone gets a real GPU or an error, and the automatic order never takes software.
   */
  readonly allowSoftwareGpu?: boolean;
  /** In a page: URL of the folder that serves the three `.wasm` files of tfjs-backend-wasm, with a slash at its end. Default: the page's own folder. */
  readonly wasmFolder?: string;
}

export interface SelectedBackend {
  readonly backend: BackendName;
  /** What computes, in words: "CPU, WebAssembly", a GPU's vendor, architecture, name and driver. */
  readonly device: string;
  /** Of the processor; 1 on a GPU. */
  readonly threads: number;
  readonly simd: "none" | "simd128" | "relaxed-simd" | "native";
  /** Why each backend before this one was passed over, one sentence each. */
  readonly reasons: readonly string[];
}

/**
 * Starts the best backend that runs here, repairs it, and makes it tfjs's current one; gradients are registered.
 *
 * Order: TensorFlow on a GPU, WebGPU on a GPU, TensorFlow on the CPU, wasm. `cpu` (plain JavaScript) only by name.
 * Each backend passes a self-test of its gradients before it is handed out. It is started once in a process: asking again gives the same one, with its threads;
 * a GPU that was lost is started anew. Calls wait for each other. Where none is handed out, the backend that was tfjs's current one is so again.
 * @throws BackendError "unavailable" when the backend named cannot run here; "self-test-failed" or another code when it runs and fails, with its error as
 * cause; "no-backend" when none can run; RangeError for an unknown name or thread count.
 * @example
 * const { backend, threads } = await selectBackend();
 */
export async function selectBackend(options: SelectBackendOptions = {}): Promise<SelectedBackend> {
  const selected = turn.then(() => select(options));
  turn = selected.catch(() => {});
  return selected;
}

/** Ends with the last call so far: two at once would start a backend twice. */
let turn: Promise<unknown> = Promise.resolve();

async function select(options: SelectBackendOptions): Promise<SelectedBackend> {
  const named = environmentChoice() ?? options.prefer;
  const threads = options.threads ?? Math.min(8, processors());
  if (!Number.isInteger(threads) || threads < 1) throw new RangeError(`Expected threads to be a whole number of at least 1, got ${threads}`);
  await registerGradients();
  releaseTapeOnError();
  const tried = named ? candidates.filter((candidate) => candidate.backend === named) : candidates.filter((candidate) => candidate.automatic);
  if (tried.length === 0)
    throw new BackendError("unavailable", `Expected a backend that this version can start (${names().join(", ")}), got ${named}`);
  const current = getBackend() as string | undefined;
  const failures: Failure[] = [];
  for (const candidate of tried) {
    const { allowSoftwareGpu = false, wasmFolder } = options;
    const started = await attempt(candidate, { threads, allowSoftwareGpu, wasmFolder, named: named !== undefined });
    if (started instanceof Error) failures.push({ label: candidate.label, error: started });
    else return { backend: candidate.backend, ...started, reasons: failures.map(reasonOf) };
  }
  // One that failed may have become tfjs's current one before.
  if (current && getBackend() !== current) await setBackend(current);
  throw refusal(named, failures);
}

interface Failure {
  readonly label: string;
  readonly error: Error;
}

const reasonOf = ({ label, error }: Failure) => `${label}: ${error.message}`;

/** One error of all: a backend that runs and is wrong tells more than one that is not there. */
function refusal(named: BackendName | undefined, failures: readonly Failure[]): BackendError {
  const codeOf = ({ error }: Failure) => (error instanceof BackendError ? error.code : "unavailable");
  const worst = failures.find((failure) => codeOf(failure) !== "unavailable") ?? failures.at(-1)!;
  const wanted = named ? `the backend ${named}` : "one backend";
  const message = `Expected ${wanted} to run here, but: ${failures.map(reasonOf).join("; ")}`;
  return new BackendError(named ? codeOf(worst) : "no-backend", message, { cause: worst.error });
}

type Started = Omit<Awaited<ReturnType<Candidate["start"]>>, "lost">;

/** What runs already in this process: a backend is started, repaired and tested once. */
const running = new Map<Candidate, Started>();

/** The started candidate, or why it cannot be had. */
async function attempt(candidate: Candidate, wishes: Parameters<Candidate["start"]>[0]): Promise<Started | Error> {
  const refused = candidate.refuses?.(wishes);
  if (refused) return new BackendError("unavailable", refused);
  const before = running.get(candidate);
  if (before) {
    await setBackend(candidate.backend);
    return before;
  }
  try {
    const { lost, ...started } = await candidate.start(wishes);
    await selfTest();
    running.set(candidate, started);
    void lost?.then(() => running.delete(candidate));
    return started;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function environmentChoice(): BackendName | undefined {
  const wanted = isNode() ? process.env["MAMMO_BACKEND"] : undefined;
  if (!wanted) return undefined;
  const found = names().find((name) => name === wanted);
  if (!found) throw new RangeError(`Expected MAMMO_BACKEND to be one of ${names().join(", ")}, got ${wanted}`);
  return found;
}

const names = () => [...new Set(candidates.map((candidate) => candidate.backend))];
