/** Values by their keys, both in their order. (`Map.groupBy` is younger than the runtimes that are served.) */
export function groupBy<T>(values: Iterable<T>, keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const before = groups.get(key);
    if (before) before.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
