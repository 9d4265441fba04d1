import type { StoredLesion, StoredView } from "../src/store/imageStore.ts";

export const [rows, columns] = [576, 512];

/** A gray breast over the whole picture with a bright square where its lesion is. */
export function film(patientId: string, cancer: 0 | 1, lesion: Partial<StoredLesion> = {}, view: Partial<StoredView> = {}): StoredView {
  const { box = { top: 230, left: 180, bottom: 290, right: 240 } } = lesion;
  const pixels = new Uint16Array(rows * columns).fill(20_000);
  for (let row = box.top; row < box.bottom; row++) pixels.fill(cancer ? 60_000 : 40_000, row * columns + box.left, row * columns + box.right);
  return {
    id: `${patientId}.jpg`,
    patientId,
    laterality: "L",
    view: "CC",
    cancer,
    lesions: [{ kind: "mass", malignant: cancer === 1, box, ...lesion }],
    rows,
    columns,
    ...view,
    read: async () => ({
      ...{ pixels, rows, columns, breast: { top: 0, left: 0, bottom: rows, right: columns } },
      ...{ nipple: [rows / 2, columns], mmPerPixel: 0.25, toSource: [1, 0, 0, 0, 1, 0] },
    }),
  };
}
