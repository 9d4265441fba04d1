// Options of members as a file states them: each is checked, since what is created from them takes memory.

/** Of a view: no detector has more pixels, and no graph takes less. */
const sides = [192, 8192] as const;
const mostPixels = 6000 * 8000;

const need = (isGood: boolean, what: string): void => {
  if (!isGood) throw new RangeError(`Expected ${what}`);
};

const isShare = (value: unknown): value is number => typeof value === "number" && value > 0 && value <= 1;

/** What a file says of a member, by the names of the options. */
export type WrittenOptions = Readonly<Record<string, unknown>>;

/** Width and seed, which all graphs have. @throws RangeError. */
export function graphOptions({ width, seed }: WrittenOptions) {
  need(isShare(width), "width in (0, 1]");
  need(Number.isSafeInteger(seed), "a whole number as seed");
  return { width: width as number, seed: seed as number };
}

/** Of a graph that names what it tells apart. @throws RangeError. */
export function classOptions({ classes, ...options }: WrittenOptions) {
  need(Array.isArray(classes) && classes.length > 0 && classes.length <= 100, "1 to 100 classes");
  need(
    (classes as unknown[]).every((name) => typeof name === "string" && /^[\w /-]{1,64}$/.test(name)),
    "names of classes in letters",
  );
  return { classes: classes as string[], ...graphOptions(options) };
}

/** Of graphs of a fixed size of view. @throws RangeError. */
export function viewOptions({ rows, columns, heatmap, headWidth, ...options }: WrittenOptions) {
  const graph = classOptions(options);
  const isSide = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= sides[0] && (value as number) <= sides[1];
  need(headWidth === undefined || isShare(headWidth), "headWidth in (0, 1]");
  need(isSide(rows) && isSide(columns) && (rows as number) * (columns as number) <= mostPixels, `rows and columns from ${sides[0]} to ${sides[1]}`);
  need(typeof heatmap === "string" && ["relu", "softmax", "linear"].includes(heatmap), "heatmap to be relu, softmax or linear");
  return {
    ...graph,
    rows: rows as number,
    columns: columns as number,
    heatmap: heatmap as "relu" | "softmax" | "linear",
    ...(headWidth === undefined ? {} : { headWidth: headWidth as number }),
  };
}

/** Of a graph with anchors. @throws RangeError. */
export function anchorOptions({ blocks, anchorSizes, anchorRatios, prior, ...options }: WrittenOptions) {
  const graph = classOptions(options);
  const isList = (value: unknown, isGood: (one: unknown) => boolean): boolean =>
    Array.isArray(value) && value.length > 0 && value.length <= 10 && value.every(isGood);
  const isSize = (value: unknown): boolean => typeof value === "number" && value > 0 && value <= 1000;
  need(
    isList(blocks, (name) => typeof name === "string" && /^block[1-6]$/.test(name)),
    "blocks from block1 to block6",
  );
  need(isList(anchorSizes, isSize) && isList(anchorRatios, isSize), "1 to 10 anchorSizes and anchorRatios above 0");
  need(typeof prior === "number" && prior > 0 && prior < 1, "prior in (0, 1)");
  return {
    ...graph,
    blocks: blocks as string[],
    anchorSizes: anchorSizes as number[],
    anchorRatios: anchorRatios as number[],
    prior: prior as number,
  };
}
