import { rm } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { formatDelimited } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { type LeftOutReason, leftOutReasons } from "@mammo/pipeline";
import type { LeftOutFile, ReadingNeeds, UnreadableFile, UnreadableOptions } from "@mammo/pipeline/node";

/** Files that are in no score, as they are met; and how they are told of, never by their names but in one table for whoever gave them. */
export interface LeftOutFiles {
  /** For `chooseExams` and `readExams`. */
  readonly options: Required<UnreadableOptions>;
  /** Mammograms that cannot be read, by their content. */
  unreadable(): readonly { readonly file: string | undefined; readonly code: string; readonly reason: string }[];
  /** The others, counted by why, with what would read them. */
  counts(): readonly LeftOutCount[];
  /** How many DICOM files are in no score, repetitions apart. */
  dicomFiles(): number;
  /** On stderr by content and count. */
  tell(): void;
  /** Into NAME.left-out.tsv beside the results NAME.json: by the names that the user gave. Holds nobody else's names, and stays with the user; gone where nothing was left out. */
  write(beside: string): Promise<void>;
}

/** Files left out for one reason. */
export interface LeftOutCount {
  readonly why: LeftOutReason;
  readonly reason: string;
  readonly files: number;
}

/** Files that are told of one by one on a terminal. */
const mostTold = 20;

export function leftOutFiles(): LeftOutFiles {
  const unread: UnreadableFile[] = [];
  const left: LeftOutFile[] = [];
  const unreadable = () =>
    unread.map(({ sha256, error: { code, message }, needs }) => ({ file: sha256, code, reason: withoutLibraryOptions(message) + remedy(needs) }));
  const counts = (): readonly LeftOutCount[] => {
    const found = new Map<string, LeftOutCount>();
    for (const { why, needs } of left) {
      const reason = leftOutReasons[why] + remedy(needs);
      found.set(reason, { why, reason, files: 1 + (found.get(reason)?.files ?? 0) });
    }
    return [...found.values()];
  };
  return {
    options: { onUnreadable: (file) => void unread.push(file), onLeftOut: (file) => void left.push(file) },
    unreadable,
    counts,
    dicomFiles: () => unread.length + left.filter(({ why }) => why !== "not-dicom" && why !== "duplicate").length,
    tell() {
      for (const { why, reason, files } of counts()) process.stderr.write(`left out: ${countFiles(files)} [${why}] ${reason}\n`);
      for (const { code, reason } of unreadable().slice(0, mostTold)) process.stderr.write(`not read: [${code}] ${reason}\n`);
      if (unread.length > mostTold) process.stderr.write(`not read: ${countFiles(unread.length - mostTold)} more\n`);
    },
    async write(beside) {
      const path = join(dirname(beside), `${parse(beside).name}.left-out.tsv`);
      const rows = [
        ...unread.map(({ path, sha256, error: { code, message }, needs }) => [
          path,
          sha256,
          undefined,
          code,
          withoutLibraryOptions(message),
          withFlags(needs),
        ]),
        ...left.map(({ path, sha256, exam, why, needs }) => [path, sha256, exam, why, leftOutReasons[why], withFlags(needs)]),
      ];
      if (rows.length === 0)
        await rm(path, { force: true }); // One of a run before would speak of other files.
      else await writeFileAtomically(path, formatDelimited([["file", "sha256", "exam", "why", "reason", "read"], ...rows], { separator: "\t" }));
    },
  };
}

/** So many files, in words. */
export const countFiles = (count: number): string => (count === 1 ? "1 file" : `${count} files`);

const flags = { anySopClass: "--any-sop-class", views: "--views TABLE", mmPerPixel: "--mm-per-pixel N" } as const;

/** The options that would read a file; `own` are those that a program calls otherwise. */
export function flagsOf(needs: ReadingNeeds | undefined, own: Partial<Record<keyof typeof flags, string>> = {}): string | undefined {
  if (needs === undefined) return undefined;
  const rules = needs.rules.map((rule) => own[rule] ?? flags[rule]).join(" ");
  return needs.profile ? `--profile ${needs.profile}, or ${rules}` : rules;
}

/** An error's text as whoever calls a program knows options: those of the library left out. */
export const withoutLibraryOptions = (message: string): string => message.replace(/ \(or the option \w+\)|; anySopClass admits others/g, "");

/** As a cell of a table, where a dash in front would be taken for a formula. */
const withFlags = (needs: ReadingNeeds | undefined): string | undefined => needs && `with ${flagsOf(needs)}`;

const remedy = (needs: ReadingNeeds | undefined): string => (needs ? `; read by ${flagsOf(needs)}` : "");
