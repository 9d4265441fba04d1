import { keyedRandom, permutation } from "@mammo/mammogram";

/** One label's endless sequence of examples, by patient: position -> index into the items. Every patient once an epoch, with another of her examples each time. */
export function patientTurns<Label extends number | string>(
  items: readonly { readonly patientId: string; readonly label: Label }[],
  label: Label,
  seed: number,
): (position: number) => number {
  const byPatient = new Map<string, number[]>();
  for (const [index, { label: own, patientId }] of items.entries()) {
    if (own !== label) continue;
    const examples = byPatient.get(patientId);
    if (examples) examples.push(index);
    else byPatient.set(patientId, [index]);
  }
  const patients = [...byPatient.values()];
  if (patients.length === 0) throw new RangeError(`Expected examples of label ${label}, got none.`);
  // Each patient's turns begin at another of her examples, else the first epoch would show left CC only.
  const offsets = [...byPatient].map(([patientId, own]) => keyedRandom(seed, "turn", label, patientId).below(own.length));
  let current = -1;
  let order = permutation(0);
  return (position) => {
    const epoch = Math.floor(position / patients.length);
    // The last epoch's order is kept because positions come one after the other; it is still a pure function of the position.
    if (epoch !== current) [current, order] = [epoch, permutation(patients.length, seed, "epoch", label, epoch)];
    const patient = order[position % patients.length]!;
    const examples = patients[patient]!;
    return examples[(offsets[patient]! + epoch) % examples.length]!;
  };
}
