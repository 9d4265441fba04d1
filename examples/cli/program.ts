import { parseArgs } from "node:util";
import { minMax, probablyMeant } from "@mammo/mammogram";
import { failPlainly, tellFailure } from "./failPlainly.ts";

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

/** The option of every program that prints results and has no file of them by default. */
export const jsonOption = {
  kind: "flag",
  help: "prints one JSON document instead of words and tables; progress stays on stderr",
} as const satisfies Option;

/** How every program ends; examples/README.md says the same. */
const exitCodes =
  "ends with 0 when done, 1 when something failed, files were left out or a stated bar is short, 2 when called wrongly, 130 on Ctrl-C (SIGINT) and 143 on SIGTERM: what is written then is whole, and nothing unfinished is left";

/** A mistake in how a program was called, told in one line. */
export class UsageError extends Error {
  readonly code = "usage";
}

/**
 * Runs a program: reads its arguments, answers `--help`, and turns every failure into one clear line on stderr, which names no file and repeats nothing of one.
 * Exit codes: 0 done, 1 failed, 2 called wrongly, 130 and 143 on SIGINT and SIGTERM. `--debug` prints where a failure was met. What the program writes is its owner's alone (0600, 0700).
 */
export async function program<const Options extends Readonly<Record<string, Option>>>(
  description: {
    readonly usage: string;
    readonly about: string;
    readonly options: Options /** Files and the like after the options; none by default. */;
    readonly takesFiles?: boolean;
    /** What --help says behind the options. */
    readonly details?: string;
    /** How one goes on after a signal, where that is not `--resume`. */
    readonly again?: string;
  },
  run: (values: Values<Options>, positionals: readonly string[]) => Promise<void>,
): Promise<void> {
  failPlainly(description.again ?? ("resume" in description.options ? "the same call with --resume goes on" : undefined));
  try {
    if (process.argv.includes("--help")) {
      process.stdout.write(help(description));
      return;
    }
    const { values, positionals } = readArguments(description.options, process.argv.slice(2));
    if (!description.takesFiles && positionals.length > 0)
      throw new UsageError(`Expected options only, got more words: ${positionals.length}; see --help`);
    await run(values, positionals);
  } catch (error) {
    tellFailure(error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
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
    // Its first sentence names an option; a name of a file may come as one.
    const named = /^Option '(-[a-z], )?--[a-z-]+( <value>)?'[ a-z]*/.exec((cause as Error).message)?.[0];
    throw new UsageError(`${named ?? `Expected options of this program, got another${meantOf(options, argv)}`}; see --help`);
  }
}

/** The option that a mistyped one is near to; what was typed is not repeated. */
function meantOf(options: Readonly<Record<string, Option>>, argv: readonly string[]): string {
  const names = [...Object.keys(options), "debug", "help"];
  const typed = argv.flatMap((word) => /^--([^=]+)/.exec(word)?.[1] ?? []).find((name) => !names.includes(name));
  const meant = typed === undefined ? undefined : probablyMeant(typed, names);
  return meant === undefined ? "" : `: is --${meant} meant?`;
}

function readValue(name: string, option: Option, given: string | boolean | undefined): unknown {
  if (option.kind === "flag") return given === true;
  if (given === undefined) return option.default;
  const came = String(given);
  if (option.choices && !option.choices.includes(came))
    throw new UsageError(`Expected --${name} to be one of ${option.choices.join(", ")}, got another word`);
  if (option.kind === "text") return came;
  const [low, high] = option.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const number = Number(came);
  const fits = came.trim() !== "" && number >= low && number <= high && (!option.integer || Number.isInteger(number));
  if (!fits) throw new UsageError(`Expected --${name} to be ${option.integer ? "a whole number" : "a number"} in [${low}, ${high}], got another`);
  return number;
}

function help({
  usage,
  about,
  options,
  details,
}: {
  readonly usage: string;
  readonly about: string;
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
}): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const takes = option.kind === "flag" ? "" : ` ${option.choices?.join("|") ?? (option.kind === "number" ? "N" : "TEXT")}`;
    const otherwise = option.default === undefined ? "" : ` (default ${option.default})`;
    return [`  --${name}${takes}`, `${option.help}${otherwise}`] as const;
  });
  const all = [...rows, ["  --debug", "on a failure, also where in the code it was met"], ["  --help", "this text"]] as const;
  const width = Math.min(34, minMax(all.map(([left]) => left.length))[1]);
  const lines = all.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
  return `${about}\n\nusage: ${usage}\n\n${lines.join("\n")}\n\n${details === undefined ? "" : `${details}\n\n`}${exitCodes}\n`;
}
