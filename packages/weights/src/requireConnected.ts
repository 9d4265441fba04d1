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
 * @throws RangeError where a node reads a name that nothing before it gives, a name is given twice, an output is given by nothing, or a constant's numbers and
 * shape disagree.
 */
export function requireConnected({ nodes, constants, inputs, outputs }: Connected): void {
  for (const [name, { shape, data }] of Object.entries(constants)) {
    const size = shape.reduce((product, side) => product * side, 1);
    if (size !== data.length) throw new RangeError(`Expected ${size} numbers in ${name} of shape [${shape.join(", ")}], got ${data.length}.`);
  }
  const known = new Set<string>();
  const give = (name: string) => {
    if (known.has(name)) throw new RangeError(`Expected each name once in a graph, got ${name} twice.`);
    known.add(name);
  };
  for (const name of [...Object.keys(constants), ...inputs.map(({ name }) => name)]) give(name);
  for (const { op, inputs: read, outputs: given } of nodes) {
    const missing = read.find((name) => name !== "" && !known.has(name));
    if (missing !== undefined) throw new RangeError(`Expected nodes to read what stands before them, got ${op} that reads ${missing}.`);
    for (const name of given) give(name);
  }
  for (const { name } of outputs) if (!known.has(name)) throw new RangeError(`Expected outputs that some node gives, got ${name}.`);
}
