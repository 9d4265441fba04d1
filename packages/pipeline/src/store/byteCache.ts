/** Values in memory up to a number of bytes; the ones that were not asked for the longest make room. */
export interface ByteCache<T> {
  /** The value of a key; made where it is not in memory. */
  get(key: number, make: () => Promise<{ readonly value: T; readonly bytes: number }>): Promise<T>;
}

export function byteCache<T>(limit: number): ByteCache<T> {
  const kept = new Map<number, { readonly value: T; readonly bytes: number }>();
  let total = 0;
  const keep = (key: number, entry: { readonly value: T; readonly bytes: number }) => {
    kept.set(key, entry);
    total += entry.bytes;
    // A Map goes through its keys in the order in which they came.
    for (const [oldest, { bytes }] of kept) {
      if (total <= limit) return;
      kept.delete(oldest);
      total -= bytes;
    }
  };
  return {
    async get(key, make) {
      const found = kept.get(key);
      if (found) {
        kept.delete(key);
        kept.set(key, found);
        return found.value;
      }
      const made = await make();
      if (!kept.has(key)) keep(key, made);
      return made.value;
    },
  };
}
