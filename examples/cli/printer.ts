import { json } from "@mammo/files";

/** What a program prints on stdout: words for people or, with --json, one document for machines. */
export interface Printer {
  /** Words; nothing with --json. */
  say(text: string): void;
  /** The document; nothing without --json. */
  give(found: object): void;
}

/** By the option --json. */
export const printer = (asJson: boolean): Printer => ({
  say: (text) => void (asJson || process.stdout.write(text)),
  give: (found) => void (asJson && process.stdout.write(json(found))),
});
