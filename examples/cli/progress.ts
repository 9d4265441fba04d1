import { letSignalsIn } from "@mammo/testing/signals";

/** Tells on stderr how long work is coming along: a bar with rate and time left on a terminal, one line a tenth elsewhere. */
export interface Progress {
  /** done of total, with a short note (a loss, say). */
  update(done: number, note?: string): void;
  end(note?: string): void;
}

export function progress(title: string, total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  const start = performance.now();
  let first: number | undefined;
  let tenth = 0;
  const line = (done: number, note: string) => {
    const seconds = (performance.now() - start) / 1000;
    const rate = (done - (first ?? 0)) / Math.max(seconds, 1e-3);
    const left = rate > 0 ? `${Math.round((total - done) / rate)} s left` : "";
    return `${title} ${done}/${total} ${rate.toFixed(1)}/s ${left} ${note}`.trimEnd();
  };
  return {
    update(done, note = "") {
      first ??= done - 1;
      if (stream.isTTY) {
        const filled = Math.round((24 * done) / Math.max(total, 1));
        stream.write(`\r\x1b[K[${"=".repeat(filled)}${" ".repeat(24 - filled)}] ${line(done, note)}`);
      } else if (Math.floor((10 * done) / total) > tenth) {
        tenth = Math.floor((10 * done) / total);
        stream.write(`${line(done, note)}\n`);
      }
    },
    end(note = "") {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      stream.write(`${stream.isTTY ? "\r\x1b[K" : ""}${title}: ${note ? `${note}, ` : ""}${seconds} s\n`);
    },
  };
}

/** How far long work has come. */
export interface Step {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly note?: string;
}

/** Steps of work that takes longer than this are told, those of shorter work are not. */
export async function* whenLong<Told, Result>(work: AsyncGenerator<Told, Result>, seconds = 2): AsyncGenerator<Told, Result> {
  const start = performance.now();
  for (;;) {
    const step = await work.next();
    await letSignalsIn();
    if (step.done) return step.value;
    if (performance.now() - start > 1000 * seconds) yield step.value;
  }
}

/** Runs work that yields how far it has come, with a bar for each phase, and gives its result. Between the steps Ctrl-C and `kill` are heard. */
export async function withProgress<T>(work: AsyncGenerator<Step, T> | Generator<Step, T>): Promise<T> {
  let shown: { readonly phase: string; readonly bar: Progress; last: string } | undefined;
  const end = () => shown?.bar.end(shown.last);
  for (let step = await work.next(); ; step = await work.next()) {
    await letSignalsIn();
    if (step.done) {
      end();
      return step.value;
    }
    const { phase, done, total, note } = step.value;
    if (shown?.phase !== phase) {
      end();
      shown = { phase, bar: progress(phase, total), last: "" };
    }
    shown.bar.update(done, note);
    shown.last = total === 0 ? "" : `${done}${note ? `, ${note}` : ""}`;
  }
}

/** Work on each of a list, one after the other, as `withProgress` takes it; gives what they came to. */
export function* oneByOne<In, Out>(phase: string, list: readonly In[], work: (one: In) => Out): Generator<Step, Out[]> {
  const found: Out[] = [];
  for (const one of list) {
    found.push(work(one));
    yield { phase, done: found.length, total: list.length };
  }
  return found;
}
