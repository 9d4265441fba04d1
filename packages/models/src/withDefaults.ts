import { requireKnownKeys } from "@mammo/mammogram";

/**
 * Options of a graph over its defaults. A name that the graph does not know is refused: a mistyped one would else leave the default in place.
 *
 * @throws TypeError for an unknown name, RangeError for class names that are none or come twice.
 */
export function withDefaults<T extends object>(graph: string, defaults: T, options: Partial<T>, others: readonly (keyof T & string)[] = []): T {
  requireKnownKeys<object>(graph, options, Object.fromEntries([...Object.keys(defaults), ...others].map((name) => [name, true])));
  const full = { ...defaults, ...options };
  const { classes } = full as { readonly classes?: readonly string[] };
  if (classes && (classes.length === 0 || new Set(classes).size !== classes.length))
    throw new RangeError(`Expected classes of ${graph} with different names, at least one, got ${classes.join(", ") || "none"}.`);
  return full;
}
