/** A value as the text of a JSON file: two spaces, one line end behind. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
