import { type ParseArgsConfig, parseArgs } from "node:util";
import { endOnSignals } from "./endOnSignals.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ readonly options: O; readonly allowPositionals: true }>>;

/** How each of these programs ends, for its `--help`. */
const codes = "ends with 0 when done, 1 when something failed or a stated bar is short, 2 when called wrongly, 130 on Ctrl-C, 143 on kill";

/**
 * Runs a program of benches or checks: reads its options, answers `--help` with `help`, and ends with one line on standard error and exit code 1 for any error, 2 for options that it
 * does not know. Signals end it with the codes of shells.
 *
 * @example await program({ help: "npm run x -- [--verbose]", options: { verbose: { type: "boolean", default: false } } }, async ({ verbose }) => {});
 */
export async function program<const O extends Options>(
  { help, options, allowPositionals = false }: { readonly help: string; readonly options: O; readonly allowPositionals?: boolean },
  run: (values: Parsed<O>["values"], positionals: readonly string[]) => Promise<void>,
): Promise<void> {
  endOnSignals();
  try {
    if (process.argv.includes("--help")) return void process.stdout.write(`${help}\n\n${codes}\n`);
    const { values, positionals } = parseArgs({ options, allowPositionals });
    await run(values as Parsed<O>["values"], positionals);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS") ? 2 : 1;
  }
}
