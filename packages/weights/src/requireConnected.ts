import { requireWholeArray } from "./wholeArray.ts";

/** What graphs of every format have: constants, and nodes that read and give values by name. */
interface Connected {
  readonly nodes: readonly { readonly op: string; readonly inputs: readonly string[]; readonly outputs: readonly string[] }[];
  readonly constants: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: { readonly length: number } }>>;
  readonly inputs: readonly { readonly name: string }[];
  readonly outputs: readonly { readonly name: string }[];
}

/**
 * Demands a graph that a runtime can run from the top down; an input "" is one that is left out.
 *
 * @throws RangeError where a node has no operation, gives nothing or reads a name that nothing before it gives, a value has no name or two have one, an output is given
 * by nothing or listed twice, or a constant's numbers and shape disagree.
 */
export function requireConnected({ nodes, constants, inputs, outputs }: Connected): void {
  for (const [name, constant] of Object.entries(constants)) requireWholeArray(name, constant);
  const known = new Set<string>();
  const give = (name: string) => {
    if (name === "") throw new RangeError('Expected a name for each value of a graph, got "".');
    if (known.has(name)) throw new RangeError(`Expected each name once in a graph, got ${name} twice.`);
    known.add(name);
  };
  for (const name of [...Object.keys(constants), ...inputs.map(({ name }) => name)]) give(name);
  for (const { op, inputs: read, outputs: given } of nodes) {
    if (op === "") throw new RangeError('Expected an operation of each node, got "".');
    if (given.length === 0) throw new RangeError(`Expected nodes to give at least one value, got ${op} that gives none.`);
    const missing = read.find((name) => name !== "" && !known.has(name));
    if (missing !== undefined) throw new RangeError(`Expected nodes to read what stands before them, got ${op} that reads ${missing}.`);
    for (const name of given) give(name);
  }
  const asked = new Set<string>();
  for (const { name } of outputs) {
    if (!known.has(name)) throw new RangeError(`Expected outputs that some node gives, got ${name}.`);
    if (asked.has(name)) throw new RangeError(`Expected each output once, got ${name} twice.`);
    asked.add(name);
  }
}
