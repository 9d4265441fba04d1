import { keyedRandom } from "@mammo/mammogram";

/**
 * Patients to parts, such as training, validation and test: no woman in two. Each label is split in the given fractions (a woman's label is her highest),
 * to the nearest woman. Input order and repeats do not matter: her part is a function of (seed, patientId) and of who else is there.
 *
 * @throws RangeError where the fractions do not sum to 1 (within 1e-9) or one is negative, a label is no number, or a part that was asked for (fraction above 0)
 * would have no woman.
 * @example
 * const { train, validation, test } = splitByPatient(images, { train: 0.6, validation: 0.2, test: 0.2 }, 7);
 */
export function splitByPatient<Part extends string>(
  items: readonly { readonly patientId: string; readonly label: number }[],
  fractions: Readonly<Record<Part, number>>,
  seed: number,
): Readonly<Record<Part, ReadonlySet<string>>> {
  const parts = Object.keys(fractions) as Part[];
  const total = parts.reduce((sum, part) => sum + fractions[part], 0);
  if (parts.some((part) => !(fractions[part] >= 0)) || Math.abs(total - 1) > 1e-9) {
    throw new RangeError(`Expected fractions of at least 0 that sum to 1, got ${JSON.stringify(fractions)}.`);
  }
  const labels = new Map<string, number>();
  for (const { patientId, label } of items) {
    if (!Number.isFinite(label)) throw new RangeError(`Expected a number as label of every item, got ${label}.`);
    labels.set(patientId, Math.max(label, labels.get(patientId) ?? label));
  }
  const split = Object.fromEntries(parts.map((part) => [part, new Set<string>()])) as Record<Part, Set<string>>;
  for (const label of new Set(labels.values())) {
    const stratum = [...labels]
      .filter(([, own]) => own === label)
      .map(([patientId]) => ({ patientId, rank: keyedRandom(seed, "split", patientId).uniform() }));
    stratum.sort((a, b) => a.rank - b.rank || (a.patientId < b.patientId ? -1 : 1));
    let share = 0;
    let from = 0;
    for (const part of parts) {
      share += fractions[part];
      const to = Math.round(share * stratum.length);
      for (const { patientId } of stratum.slice(from, to)) split[part].add(patientId);
      from = to;
    }
  }
  const empty = parts.find((part) => fractions[part] > 0 && split[part].size === 0);
  if (empty !== undefined)
    throw new RangeError(
      `Expected at least one woman in the part ${empty} (fraction ${fractions[empty]}), got none out of ${labels.size}: take more women.`,
    );
  return split;
}
