import { batchNormApplyTask, batchNormStatsTask } from "./batchNorm";
import { batchNormGradTask, batchNormGradSumsTask } from "./batchNormGradient";
import { BatchNormJob } from "./batchNormJob";
import { convTask, PackJob, packTask } from "./conv";
import { ConvJob } from "./convWindow";
import { filterTask, ReduceJob, reduceTask } from "./filterGradient";
import { MaxPoolJob, maxPoolGradImageTask, maxPoolGradTask, maxPoolTask } from "./maxPool";
import { AdamJob, adamTask, WeightedSumJob, weightedSumTask } from "./updates";

/** Shared by all threads; the job's own fields follow at JOB. */
@unmanaged
class Control {
  /** Changes with each job: idle workers sleep on it. */
  generation: i32;
  /** 1 while tasks may be taken. */
  open: i32;
  /** A bit for each worker that may be inside a job; the caller sleeps on it. */
  active: i32;
  next: i32;
  tasks: i32;
  kernel: i32;
}
export const JOB: usize = 64;
const SPIN: i32 = 2000;

function perform(kernel: i32, job: usize, task: i32, worker: i32): void {
  switch (kernel) {
    case 0: packTask(changetype<PackJob>(job), task); break;
    case 1: convTask(changetype<ConvJob>(job), task, worker); break;
    case 2: filterTask(changetype<ConvJob>(job), task, worker); break;
    case 3: reduceTask(changetype<ReduceJob>(job), task); break;
    case 4: maxPoolTask(changetype<MaxPoolJob>(job), task); break;
    case 5: maxPoolGradTask(changetype<MaxPoolJob>(job), task); break;
    case 6: maxPoolGradImageTask(changetype<MaxPoolJob>(job), task); break;
    case 7: batchNormStatsTask(changetype<BatchNormJob>(job), task); break;
    case 8: batchNormApplyTask(changetype<BatchNormJob>(job), task); break;
    case 9: batchNormGradSumsTask(changetype<BatchNormJob>(job), task); break;
    case 10: batchNormGradTask(changetype<BatchNormJob>(job), task); break;
    case 11: adamTask(changetype<AdamJob>(job), task); break;
    case 12: weightedSumTask(changetype<WeightedSumJob>(job), task); break;
    default: unreachable();
  }
}

function drain(control: usize, worker: i32): void {
  const shared = changetype<Control>(control);
  const tasks = shared.tasks;
  const kernel = shared.kernel;
  let task = atomic.add<i32>(control, 1, offsetof<Control>("next"));
  while (task < tasks) {
    perform(kernel, control + JOB, task, worker);
    task = atomic.add<i32>(control, 1, offsetof<Control>("next"));
  }
}

/** The loop of a worker: sleeps until a job comes, then takes tasks until there are none. */
export function serve(control: usize, worker: i32): void {
  const bit = 1 << worker;
  let seen = 0;
  while (true) {
    let generation = atomic.load<i32>(control);
    for (let i = 0; i < SPIN && generation == seen; i++) generation = atomic.load<i32>(control);
    while (generation == seen) {
      atomic.wait<i32>(control, seen, -1);
      generation = atomic.load<i32>(control);
    }
    seen = generation;
    // Announced before `open` is read, and `open` is closed before `active` is read: the caller never leaves while a worker is inside.
    atomic.or<i32>(control, bit, offsetof<Control>("active"));
    if (atomic.load<i32>(control, offsetof<Control>("open"))) drain(control, worker);
    // The offset is an immediate here and above: with the address in a local variable, V8 11.3 (Node 20) writes elsewhere in code of its first tier.
    if (atomic.and<i32>(control, ~bit, offsetof<Control>("active")) == bit) atomic.notify(control + offsetof<Control>("active"), 1);
  }
}

/** Runs `tasks` tasks of `kernel` with the job written at `control` + JOB, on this thread and the `workers` others. */
export function run(control: usize, kernel: i32, tasks: i32, workers: i32, maySleep: i32): void {
  if (workers == 0 || tasks < 2) {
    for (let task = 0; task < tasks; task++) perform(kernel, control + JOB, task, 0);
    return;
  }
  const shared = changetype<Control>(control);
  shared.tasks = tasks;
  shared.kernel = kernel;
  atomic.store<i32>(control, 0, offsetof<Control>("next"));
  atomic.store<i32>(control, 1, offsetof<Control>("open"));
  atomic.add<i32>(control, 1);
  atomic.notify(control, min(workers, tasks - 1));
  drain(control, 0);
  atomic.store<i32>(control, 0, offsetof<Control>("open"));
  let spins = 0;
  while (true) {
    const active = atomic.load<i32>(control, offsetof<Control>("active"));
    if (active == 0) return;
    if (maySleep && ++spins > SPIN) atomic.wait<i32>(control + offsetof<Control>("active"), active, -1);
  }
}
