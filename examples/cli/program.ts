import { parseArgs } from "node:util";

/** One command-line option: its kind, its help line and, where it may be left out, its default. */
export interface Option {
  readonly kind: "text" | "number" | "flag";
  readonly help: string;
  readonly default?: string | number;
  /** The only texts allowed. */
  readonly choices?: readonly string[];
  /** Inclusive range of a number. */
  readonly range?: readonly [low: number, high: number];
  readonly integer?: boolean;
}

type Value<O extends Option> = O["kind"] extends "flag"
  ? boolean
  : O extends { readonly default: string | number }
    ? O["kind"] extends "number"
      ? number
      : string
    : (O["kind"] extends "number" ? number : string) | undefined;

export type Values<Options extends Readonly<Record<string, Option>>> = { readonly [Name in keyof Options]: Value<Options[Name]> };

/** A mistake in how a program was called, told in one line. */
export class UsageError extends Error {
  readonly code = "usage";
}

/**
 * Runs a program: reads its arguments, answers `--help`, and turns every failure into one clear line on stderr.
 * Exit codes: 0 done, 1 failed, 2 called wrongly. `--debug` prints the stack of a failure.
 */
export async function program<const Options extends Readonly<Record<string, Option>>>(
  description: {
    readonly usage: string;
    readonly about: string;
    readonly options: Options /** Files and the like after the options; none by default. */;
    readonly takesFiles?: boolean;
  },
  run: (values: Values<Options>, positionals: readonly string[]) => Promise<void>,
): Promise<void> {
  const debug = process.argv.includes("--debug");
  try {
    if (process.argv.includes("--help")) {
      process.stdout.write(help(description));
      return;
    }
    const { values, positionals } = readArguments(description.options, process.argv.slice(2));
    if (!description.takesFiles && positionals.length > 0) throw new UsageError(`Expected options only, got "${positionals[0]}"; see --help`);
    await run(values, positionals);
  } catch (error) {
    const { message, code, stack } = plain(error as Error & { readonly code?: string });
    process.stderr.write(`${debug ? stack : `error${code ? ` [${code}]` : ""}: ${message.split("\n").join(" ")}`}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** A full disk is met anywhere, in other processes too: the same words for all. */
function plain({ message, code, stack }: Error & { readonly code?: string }) {
  const full = /ENOSPC|EDQUOT|EFBIG/.exec(`${code} ${message}`)?.[0];
  return full
    ? { message: `Expected room on the disk for what this run writes, got ${full}; what is written stays whole`, code: "disk-full", stack }
    : { message, code, stack };
}

/** Arguments -> typed values. Throws UsageError naming the option, what it takes and what came. */
export function readArguments<const Options extends Readonly<Record<string, Option>>>(
  options: Options,
  argv: readonly string[],
): { readonly values: Values<Options>; readonly positionals: readonly string[] } {
  const parsed = parse(options, argv);
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options))
    values[name] = readValue(name, option, (parsed.values as Record<string, string | boolean | undefined>)[name]);
  return { values: values as Values<Options>, positionals: parsed.positionals };
}

function parse(options: Readonly<Record<string, Option>>, argv: readonly string[]) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { kind }]) => [name, { type: kind === "flag" ? ("boolean" as const) : ("string" as const) }]),
  );
  try {
    return parseArgs({ args: [...argv], options: { ...config, debug: { type: "boolean" } }, allowPositionals: true });
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message.split(". ")[0]}; see --help`, { cause });
  }
}

function readValue(name: string, option: Option, given: string | boolean | undefined): unknown {
  if (option.kind === "flag") return given === true;
  if (given === undefined) return option.default;
  const came = String(given);
  if (option.choices && !option.choices.includes(came))
    throw new UsageError(`Expected --${name} to be one of ${option.choices.join(", ")}, got "${came}"`);
  if (option.kind === "text") return came;
  const [low, high] = option.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const number = Number(came);
  const fits = came.trim() !== "" && number >= low && number <= high && (!option.integer || Number.isInteger(number));
  if (!fits) throw new UsageError(`Expected --${name} to be ${option.integer ? "a whole number" : "a number"} in [${low}, ${high}], got "${came}"`);
  return number;
}

function help({
  usage,
  about,
  options,
}: {
  readonly usage: string;
  readonly about: string;
  readonly options: Readonly<Record<string, Option>>;
}): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const takes = option.kind === "flag" ? "" : ` ${option.choices?.join("|") ?? (option.kind === "number" ? "N" : "TEXT")}`;
    const otherwise = option.default === undefined ? "" : ` (default ${option.default})`;
    return [`  --${name}${takes}`, `${option.help}${otherwise}`] as const;
  });
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return `${about}\n\nusage: ${usage}\n\n${rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join("\n")}\n  ${"--help".padEnd(width - 2)}  this text\n`;
}
