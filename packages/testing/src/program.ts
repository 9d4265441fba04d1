import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ readonly options: O; readonly allowPositionals: true }>>;

/**
 * Runs a program of benches or checks: reads its options, answers `--help` with `help`, and ends with one line on standard error and exit code 1 for any error.
 *
 * @example await program({ help: "npm run x -- [--verbose]", options: { verbose: { type: "boolean", default: false } } }, async ({ verbose }) => {});
 */
export async function program<const O extends Options>(
  { help, options, allowPositionals = false }: { readonly help: string; readonly options: O; readonly allowPositionals?: boolean },
  run: (values: Parsed<O>["values"], positionals: readonly string[]) => Promise<void>,
): Promise<void> {
  try {
    if (process.argv.includes("--help")) return void process.stdout.write(`${help}\n`);
    const { values, positionals } = parseArgs({ options, allowPositionals });
    await run(values as Parsed<O>["values"], positionals);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
