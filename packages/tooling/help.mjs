import { parseArgs } from "node:util";

/** Answers `--help`: prints the text and ends. */
export function answerHelp(text) {
  if (!process.argv.includes("--help")) return;
  console.log(text);
  process.exit(0);
}

/** Options by `parseArgs`; a call that they do not fit ends with one line and 2. */
export function readOptions(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(`${error.message.split(". ")[0]}; see --help`);
    process.exit(2);
  }
}
