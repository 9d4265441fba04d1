/**
 * Text that a terminal shows as it is: control characters (escape sequences begin with one) and marks that turn the direction of writing become `?`; lines and tabs become blanks. Ours.
 *
 * @example escapeTerminal("\x1b[2Jgone"); // "?[2Jgone"
 */
export const escapeTerminal = (text: string): string =>
  text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, " ").replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "?");
