import ts from "typescript";

/** Kinds of small changes: what is found in a line of code, and what stands there instead. */
const kinds = [
  ["comparison", / (<=|>=|<|>) (?=[\w(-])/g, ([, sign]) => ` ${{ "<": "<=", "<=": "<", ">": ">=", ">=": ">" }[sign]} `],
  ["comparison", / (===|!==) /g, ([, sign]) => (sign === "===" ? " !== " : " === ")],
  [
    "constant",
    /(?<![\w.$"'`])(\d+(?:\.\d+)?(?:e-?\d+)?)(?![\w.$"'`]|\s*:)/g,
    ([, number]) => (Number(number) === 0 ? "1" : Number(number) < 1 ? String(Number(number) * 1.5) : String(Number(number) + 1)),
  ],
  ["clamp", /Math\.(min|max)\(/g, ([, which]) => `Math.${which === "min" ? "max" : "min"}(`],
  ["rounding", /Math\.(floor|ceil|round)\(/g, ([, which]) => `Math.${which === "floor" ? "ceil" : "floor"}(`],
  ["sign", / ([+-]) (?=[\w(])/g, ([, sign]) => ` ${sign === "+" ? "-" : "+"} `],
  ["factor", / ([*/]) (?=[\w(])/g, ([, sign]) => ` ${sign === "*" ? "/" : "*"} `],
  ["logic", / (&&|\|\|) /g, ([, sign]) => (sign === "&&" ? " || " : " && ")],
  // The larger, smaller or longer of two is that in either order.
  ["swapped arguments", /\b(?<!Math\.(?=(?:min|max|hypot)\())(\w+)\(([\w.]+), ([\w.]+)\)/g, ([, called, a, b]) => `${called}(${b}, ${a})`],
  ["dropped check", /\bif \((.+)\)(?= (?:throw\b|return\b|continue\b|break\b)|$)/g, () => "if (false)"],
];

/** All small changes of a TypeScript source: { kind, at, row, line, changed, source }. Comments, imports, types and texts are left alone. */
export function changesOf(source) {
  const found = [];
  const types = typesOf(source);
  let [offset, comment, importing] = [0, false, false];
  for (const [index, line] of source.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed.startsWith("/*")) comment = true;
    if (/^import\b/.test(trimmed)) importing = true;
    const code = !comment && !importing && !/^(\/\/|\*|export (type|interface)|type |interface |readonly |throw new|`|")/.test(trimmed);
    if (code) found.push(...changesOfLine(line, { index, offset, source }));
    if (trimmed.endsWith("*/")) comment = false;
    if (importing && trimmed.endsWith(";")) importing = false;
    offset += line.length + 1;
  }
  return found.filter(({ at }) => !types.some(([from, to]) => at >= from && at < to));
}

/** Where the types stand: [from, to] of each. A number in one is no number of the program. */
function typesOf(source) {
  const found = [];
  const visit = (node) => {
    if (ts.isTypeNode(node)) found.push([node.pos, node.end]);
    else node.forEachChild(visit);
  };
  ts.createSourceFile("x.ts", source, ts.ScriptTarget.Latest).forEachChild(visit);
  return found;
}

function changesOfLine(line, { index, offset, source }) {
  // Texts and what follows a comment's slashes keep their length but are blank, so that nothing is found in them.
  const code = line.replace(/"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/.*$/g, (text) => "\u0000".repeat(text.length));
  return kinds.flatMap(([kind, pattern, change]) =>
    [...code.matchAll(pattern)].map((match) => {
      const piece = change(match);
      const [before, after] = [line.slice(0, match.index), line.slice(match.index + match[0].length)];
      const at = offset + match.index;
      const changed = before + piece + after;
      return { kind, at, row: index + 1, line, changed, source: source.slice(0, offset) + changed + source.slice(offset + line.length) };
    }),
  );
}

/** All of a list in an order that the seed alone decides (mulberry32). */
export function* sample(list, seed) {
  const left = [...list];
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  while (left.length > 0) yield left.splice(Math.floor(next() * left.length), 1)[0];
}
