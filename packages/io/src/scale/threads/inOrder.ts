/**
 * Starts `task` on the items, keeps at most `ahead` results under way or waiting to be taken, and yields them in the order of the items.
 * What is not taken is not begun: memory does not grow with the number of items. Ours.
 *
 * @example for await (const read of inOrder(paths, (path) => reader.readImage({ path, sha256 }), 4)) if (read.status === "fulfilled") show(read.value.image);
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  task: (item: Item) => Promise<Result>,
  ahead: number,
): AsyncGenerator<PromiseSettledResult<Result>, void> {
  const settle = (item: Item): Promise<PromiseSettledResult<Result>> =>
    task(item).then(
      (value) => ({ status: "fulfilled", value }),
      (reason: unknown) => ({ status: "rejected", reason }),
    );
  const begun: Promise<PromiseSettledResult<Result>>[] = [];
  for (const item of items) {
    begun.push(settle(item));
    if (begun.length >= ahead) yield await begun.shift()!;
  }
  for (const result of begun) yield await result;
}
