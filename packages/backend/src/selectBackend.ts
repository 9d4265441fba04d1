import { requireKnownKeys } from "@mammo/mammogram";
import { getBackend, setBackend } from "@tensorflow/tfjs-core";
import { type BackendName, type Candidate, candidates, type StartedBackend, type StartOptions } from "./candidates.ts";
import { BackendError } from "./errors.ts";
import { isNode } from "./node.ts";
import { processors } from "./processors.ts";
import { registerGradients } from "./registerGradients.ts";
import { releaseTapeOnError } from "./repairs/releaseTape.ts";
import { selfTest } from "./selfTest.ts";

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

/** The backend that is current now. */
export interface SelectedBackend extends Omit<StartedBackend, "lost"> {
  readonly backend: BackendName;
  /** Why each backend before this one was passed over, one sentence each. */
  readonly reasons: readonly string[];
}

/**
 * Starts the best backend that runs here, repairs it, and makes it tfjs's current one; gradients are registered.
 *
 * Order: TensorFlow on a GPU, WebGPU on a GPU, TensorFlow on the CPU, wasm. `cpu` (plain JavaScript) only by name.
 * Each backend passes a self-test of its gradients before it is returned. It is started once in a process: a second call returns the same one, with its threads;
 * a GPU that was lost is started anew. Concurrent calls run one after the other. When none can be returned, tfjs's current backend is the one of before.
 * Source: ours.
 * @throws BackendError "unavailable" when the backend named cannot run here; "self-test-failed" or another code when it runs and fails, with its error as
 * cause; "no-backend" when none can run.
 * @throws RangeError for an unknown name or thread count.
 * @example
 * const { backend, threads } = await selectBackend();
 */
export async function selectBackend(options: SelectBackendOptions = {}): Promise<SelectedBackend> {
  requireKnownKeys("selectBackend", options, { prefer: true, threads: true, allowSoftwareGpu: true, wasmFolder: true });
  const selected = queue.then(() => select(options));
  queue = selected.catch(() => {});
  return selected;
}

/** Settles with the last call so far: two at once would start a backend twice. */
let queue: Promise<unknown> = Promise.resolve();

async function select(options: SelectBackendOptions): Promise<SelectedBackend> {
  const name = environmentChoice() ?? options.prefer;
  const threads = options.threads ?? Math.min(8, processors());
  if (!Number.isInteger(threads) || threads < 1) throw new RangeError(`Expected threads to be a whole number of at least 1, got ${threads}`);
  await registerGradients();
  releaseTapeOnError();
  const tried = candidates.filter((candidate) => (name ? candidate.backend === name : candidate.automatic));
  if (tried.length === 0) throw new BackendError("unavailable", `Expected one of the backends ${backendNames().join(", ")}, got ${name}`);
  const current = getBackend() as string | undefined;
  const failures: Failure[] = [];
  for (const candidate of tried) {
    const { allowSoftwareGpu = false, wasmFolder } = options;
    const started = await tryStart(candidate, { threads, allowSoftwareGpu, wasmFolder });
    if (started instanceof Error) failures.push({ label: candidate.label, error: started });
    else return { backend: candidate.backend, ...started, reasons: failures.map(reasonOf) };
  }
  // One that failed may have become tfjs's current one before.
  if (current && getBackend() !== current) await setBackend(current);
  throw noBackendError(name, failures);
}

interface Failure {
  readonly label: string;
  readonly error: Error;
}

const reasonOf = ({ label, error }: Failure) => `${label}: ${error.message}`;

/** One error for all failures; its code and cause are those of a backend that runs and is wrong, if there is one. */
function noBackendError(name: BackendName | undefined, failures: readonly Failure[]): BackendError {
  const codeOf = ({ error }: Failure) => (error instanceof BackendError ? error.code : "unavailable");
  const worst = failures.find((failure) => codeOf(failure) !== "unavailable") ?? failures.at(-1)!;
  const wanted = name ? `the backend ${name}` : "one backend";
  const message = `Expected ${wanted} to run here, but: ${failures.map(reasonOf).join("; ")}`;
  return new BackendError(name ? codeOf(worst) : "no-backend", message, { cause: worst.error });
}

type Running = Omit<StartedBackend, "lost">;

/** What runs already in this process: a backend is started, repaired and tested once. */
const running = new Map<Candidate, Running>();

/** The started candidate, or why it could not be started. */
async function tryStart(candidate: Candidate, options: StartOptions): Promise<Running | Error> {
  const refusal = candidate.refuses?.(options);
  if (refusal) return new BackendError("unavailable", refusal);
  const before = running.get(candidate);
  if (before) {
    await setBackend(candidate.backend);
    return before;
  }
  try {
    const { lost, ...started } = await candidate.start(options);
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
  const found = backendNames().find((name) => name === wanted);
  if (!found) throw new RangeError(`Expected MAMMO_BACKEND to be one of ${backendNames().join(", ")}, got ${wanted}`);
  return found;
}

const backendNames = () => [...new Set(candidates.map((candidate) => candidate.backend))];
