/** The closing line of a program that proves a bar: `bar NAME VALUE OP TARGET ok|short`. */
export function bar(name: string, value: number, comparison: "<=" | ">=", target: number): { readonly line: string; readonly reached: boolean } {
  const reached = comparison === "<=" ? value <= target : value >= target;
  return { reached, line: `bar ${name} ${Number(value.toPrecision(4))} ${comparison} ${target} ${reached ? "ok" : "short"}` };
}
