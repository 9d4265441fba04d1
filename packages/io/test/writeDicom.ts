// A writer of small DICOM files for tests: just enough of Part 10 to make valid, odd and broken ones. (`@mammo/io/write` refuses to write the last.)
export type Value = string | number | readonly number[] | Uint8Array | Uint16Array | readonly (readonly Element[])[];
export type Element = readonly [tag: number, vr: string, value: Value];
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

const long = new Set(["OB", "OW", "SQ", "UN", "UT"]);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function integers(values: readonly number[], size: 2 | 4, littleEndian = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, index) => {
    size === 2 ? view.setUint16(2 * index, value & 0xffff, littleEndian) : view.setUint32(4 * index, value >>> 0, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

function valueBytes(vr: string, value: Value, encoding: Encoding): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Uint16Array) return integers([...value], 2, encoding.littleEndian);
  if (vr === "SQ")
    return concat(
      ...(value as readonly (readonly Element[])[]).map((item) => {
        const body = dataSet(item, encoding);
        return concat(integers([0xfffe, 0xe000], 2, encoding.littleEndian), integers([body.length], 4, encoding.littleEndian), body);
      }),
    );
  if (vr === "US" || vr === "SS") return integers([value].flat() as number[], 2, encoding.littleEndian);
  const text = new TextEncoder().encode(String(value));
  return text.length % 2 ? concat(text, new Uint8Array([vr === "UI" ? 0 : 32])) : text;
}

export function dataSet(elements: readonly Element[], encoding: Encoding): Uint8Array {
  return concat(
    ...[...elements]
      .sort((a, b) => a[0] - b[0])
      .map(([tag, vr, value]) => {
        const body = valueBytes(vr, value, encoding);
        const head = integers([tag >>> 16, tag & 0xffff], 2, encoding.littleEndian);
        if (!encoding.explicit) return concat(head, integers([body.length], 4, encoding.littleEndian), body);
        const name = new TextEncoder().encode(vr);
        const length = long.has(vr)
          ? concat(new Uint8Array(2), integers([body.length], 4, encoding.littleEndian))
          : integers([body.length], 2, encoding.littleEndian);
        return concat(head, name, length, body);
      }),
  );
}

/** Preamble, meta group, then `body` as it is. */
export function part10(transferSyntax: string, body: Uint8Array): Uint8Array {
  const explicit = { explicit: true, littleEndian: true };
  const meta = dataSet([[0x00020010, "UI", transferSyntax]], explicit);
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode("DICM"), 128);
  return concat(preamble, dataSet([[0x00020000, "UN", integers([meta.length], 4)]], explicit), meta, body);
}

/** Pixel Data in fragments: an empty offset table, then one fragment a frame. */
export function encapsulated(...fragments: readonly Uint8Array[]): Uint8Array {
  const item = (bytes: Uint8Array): Uint8Array => concat(integers([0xfffe, 0xe000], 2), integers([bytes.length], 4), bytes);
  const head = concat(integers([0x7fe0, 0x0010], 2), new TextEncoder().encode("OB"), new Uint8Array(2), integers([0xffffffff], 4));
  return concat(head, item(new Uint8Array(0)), ...fragments.map(item), integers([0xfffe, 0xe0dd], 2), integers([0], 4));
}

const defaults = {
  rows: 240,
  columns: 160,
  mm: 0.5,
  laterality: "L",
  view: "CC",
  photometric: "MONOCHROME2",
  orientation: undefined as string | undefined,
  syntax: "1.2.840.10008.1.2.1",
  sopClass: "1.2.840.10008.1.2.1",
  studyUid: "1.2.3",
};
export type MammogramOptions = Partial<Omit<typeof defaults, "sopClass">> & {
  readonly sopClass?: string;
  readonly extra?: readonly Element[];
  readonly without?: readonly number[];
  readonly cells?: Uint16Array;
  readonly pixelElement?: Uint8Array;
};

/** A half-disc breast of 2,000 on a background of 100, chest wall at the left for L and at the right for R. */
export function breastCells(options: {
  readonly rows: number;
  readonly columns: number;
  readonly laterality: string;
  readonly radius?: number;
}): Uint16Array {
  const { rows, columns, laterality, radius = 0.4 * rows } = options;
  return Uint16Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns) + 0.5, (index % columns) + 0.5];
    const depth = laterality === "L" ? column : columns - column;
    return Math.hypot(row - rows / 2, depth) < radius ? 2000 : 100;
  });
}

/** A whole mammography file; `extra` elements win over the usual ones, `without` drops tags. */
export function mammogram(options: MammogramOptions = {}): Uint8Array {
  const given = { ...defaults, sopClass: "1.2.840.10008.5.1.4.1.1.1.2", ...options };
  const encoding = { explicit: given.syntax !== "1.2.840.10008.1.2", littleEndian: given.syntax !== "1.2.840.10008.1.2.2" };
  const cells = given.cells ?? breastCells(given);
  const usual: Element[] = [
    [0x00080016, "UI", given.sopClass],
    [0x00080018, "UI", "1.2.3.4"],
    [0x0020000d, "UI", given.studyUid],
    [0x00080068, "CS", "FOR PRESENTATION"],
    [0x00181164, "DS", `${given.mm}\\${given.mm}`],
    [0x00185101, "CS", given.view],
    [0x00200062, "CS", given.laterality],
    [0x00280002, "US", 1],
    [0x00280004, "CS", given.photometric],
    [0x00280010, "US", given.rows],
    [0x00280011, "US", given.columns],
    [0x00280100, "US", 16],
    [0x00280101, "US", 12],
    [0x00280102, "US", 11],
    [0x00280103, "US", 0],
    [0x00281050, "DS", "2048"],
    [0x00281051, "DS", "4096"],
    ...(given.orientation ? ([[0x00200020, "CS", given.orientation]] as const) : []),
    ...(given.pixelElement ? [] : ([[0x7fe00010, "OW", cells]] as const)),
  ];
  const extra = options.extra ?? [];
  const replaced = new Set([...extra.map(([tag]) => tag), ...(options.without ?? [])]);
  const body = dataSet([...usual.filter(([tag]) => !replaced.has(tag)), ...extra], encoding);
  return part10(given.syntax, given.pixelElement ? concat(body, given.pixelElement) : body);
}
