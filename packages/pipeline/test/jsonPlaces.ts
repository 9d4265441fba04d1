/** Each place in a JSON value, itself left out. */
export const placesOf = (value: unknown): string[][] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, one]) => [[key], ...placesOf(one).map((path) => [key, ...path])])
    : [];

/** The value with another one in a place; `undefined` leaves a property out. */
export function replaced(value: unknown, [key, ...path]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = structuredClone(value) as Record<string, unknown>;
  const next = replaced(copy[key], path, other);
  if (next === undefined && !Array.isArray(copy)) delete copy[key];
  else copy[key] = next;
  return copy;
}
