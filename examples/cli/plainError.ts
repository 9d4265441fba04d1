/** What may be said of a failure. */
export interface PlainError {
  readonly message: string;
  readonly code?: string | undefined;
  /** Where it was met: lines of the stack, without its text. */
  readonly frames: string;
}

/**
 * Any failure in words that repeat no name and no content of a file: our own errors keep these out (docs/threat-model.md), the system's and the runtime's do not, and only their codes are told.
 *
 * A full disk is met anywhere, in other processes too: the same words for all.
 */
export function plainError(thrown: unknown): PlainError {
  const error = (thrown instanceof Error ? thrown : new Error()) as NodeJS.ErrnoException;
  const frames = `${(error.stack ?? "")
    .slice(error.stack?.lastIndexOf(error.message) ?? 0)
    .split("\n")
    .filter((line) => /^ {4}at /.test(line))
    .join("\n")}\n`;
  const full = /ENOSPC|EDQUOT|EFBIG/.exec(`${error.code} ${error.message}`)?.[0];
  if (full)
    return { message: `Expected room on the disk for what this run writes, got ${full}; what is written stays whole`, code: "disk-full", frames };
  if (/^[a-z][a-z-]*$/.test(error.code ?? "")) return { message: error.message, code: error.code, frames };
  if (error.syscall !== undefined || error.errno !== undefined)
    return { message: `Expected the system to grant what this run asks for, got ${error.code ?? error.errno}`, code: "unreadable", frames };
  // Ours without a code: mistakes of a caller, in the words of all our errors.
  if (/^(Range|Type)?Error$/.test(error.name) && error.message.startsWith("Expected ")) return { message: error.message, frames };
  return { message: `Expected no failure of this kind, got ${error.name}; --debug tells where`, code: "unexpected", frames };
}
