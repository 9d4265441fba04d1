/** Answers `--help`: prints the text and ends. */
export function answerHelp(text) {
  if (!process.argv.includes("--help")) return;
  console.log(text);
  process.exit(0);
}
