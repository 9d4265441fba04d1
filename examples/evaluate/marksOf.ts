/** How a line or a surface is drawn; undefined: not at all. */
export interface MarkStyle {
  readonly fill: string | undefined;
  readonly fillOpacity: number;
  readonly stroke: string | undefined;
  readonly strokeOpacity: number;
  readonly strokeWidth: number;
  readonly dash: readonly number[];
}

/** One thing in a picture, in its pixels. */
export type Mark =
  | { readonly kind: "path"; readonly d: string; readonly style: MarkStyle }
  | { readonly kind: "circle"; readonly x: number; readonly y: number; readonly radius: number; readonly style: MarkStyle }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      /** Degrees, clockwise. */
      readonly angle: number;
      readonly anchor: "start" | "middle" | "end";
      readonly text: string;
      readonly size: number;
      readonly isBold: boolean;
      readonly color: string;
    };

type Properties = Readonly<Record<string, string>>;

/**
 * A picture of @mammo/metrics/plot as a list of what is drawn in it, in light colors: its own few elements, whose classes are looked up in the picture's style.
 *
 * @throws RangeError for a text that is no such picture.
 */
export function marksOf(svg: string): { readonly width: number; readonly height: number; readonly marks: readonly Mark[] } {
  const size = /^<svg [^>]*class="mp" viewBox="0 0 (\d+) (\d+)"/.exec(svg);
  const sheet = /<style>(.*?)<\/style>/s.exec(svg)?.[1]?.split("@media")[0];
  if (size === null || sheet === undefined) throw new RangeError("Expected a picture of @mammo/metrics/plot, got another text");
  const rules = new Map([...sheet.matchAll(/\.mp (\.?[\w-]+)\{([^}]*)\}/g)].map(([, selector, body]) => [selector!, propertiesOf(body!)]));
  const marks = [...svg.matchAll(/<(path|rect|circle|text)((?: [\w-]+="[^"]*")*)\/?>([^<]*)/g)].map(([, tag, given, inner]) => {
    const attributes = Object.fromEntries([...given!.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
    const classes = (attributes["class"] ?? "").split(" ").flatMap((name) => [rules.get(`.${name}`) ?? {}]);
    const properties: Properties = Object.assign({}, rules.get(tag!), attributes, ...classes);
    return markOf(tag!, properties, inner!);
  });
  return { width: Number(size[1]), height: Number(size[2]), marks };
}

function markOf(tag: string, properties: Properties, inner: string): Mark {
  const number = (name: string, otherwise = 0) => Number.parseFloat(properties[name] ?? String(otherwise));
  if (tag === "text") {
    const [, x, y, angle] = /translate\(([\d.-]+) ([\d.-]+)\) rotate\(([\d.-]+)\)/.exec(properties["transform"] ?? "") ?? [];
    return {
      kind: "text",
      x: x === undefined ? number("x") : Number(x),
      y: y === undefined ? number("y") : Number(y),
      angle: Number(angle ?? 0),
      anchor: (properties["text-anchor"] ?? "start") as "start" | "middle" | "end",
      text: unescapeHtml(inner),
      size: number("font-size", 12),
      isBold: number("font-weight", 400) >= 600,
      color: properties["fill"] ?? "#000",
    };
  }
  const color = (name: string, otherwise?: string) => (properties[name] === "none" ? undefined : (properties[name] ?? otherwise));
  const style: MarkStyle = {
    fill: color("fill", "#000"),
    fillOpacity: number("fill-opacity", 1),
    stroke: color("stroke"),
    strokeOpacity: number("stroke-opacity", 1),
    strokeWidth: number("stroke-width", 1),
    dash: properties["stroke-dasharray"]?.split(/[ ,]+/).map(Number) ?? [],
  };
  if (tag === "circle") return { kind: "circle", x: number("cx"), y: number("cy"), radius: number("r"), style };
  const rectangle = `M${number("x")} ${number("y")}h${number("width")}v${number("height")}h${-number("width")}Z`;
  return { kind: "path", d: tag === "rect" ? rectangle : properties["d"]!, style };
}

const propertiesOf = (body: string): Properties =>
  Object.fromEntries(
    body.split(";").flatMap((line) => (line.includes(":") ? [[line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]] : [])),
  );

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

const unescapeHtml = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);
