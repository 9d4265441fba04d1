import { type Element, type Elements, element } from "../element.ts";
import { instanceReference } from "../examContext.ts";
import type { ImageReference } from "../reportedExam.ts";
import { type Code, codeItem } from "./code.ts";

/** How an item belongs to the one above it (PS3.3 C.17.3.2.4). */
export type Relationship = "CONTAINS" | "HAS ACQ CONTEXT" | "HAS CONCEPT MOD" | "HAS PROPERTIES" | "INFERRED FROM" | "SELECTED FROM";

/** A node of a structured report's tree: elements of its own, and the items below it with how they belong to it. */
export interface ContentItem {
  readonly elements: Elements;
  readonly children: readonly Related[];
}
export type Related = readonly [relationship: Relationship, item: ContentItem];

const item = (type: string, name: Code | undefined, value: readonly Element[], children: readonly Related[] = []): ContentItem => ({
  elements: [element(0x0040_a040, "CS", type), ...(name ? [element(0x0040_a043, "SQ", [codeItem(name)])] : []), ...value],
  children,
});

export const container = (name: Code, children: readonly Related[], template?: string): ContentItem =>
  item("CONTAINER", name, [element(0x0040_a050, "CS", "SEPARATE"), ...(template ? [templateSequence(template)] : [])], children);

const templateSequence = (id: string): Element => element(0x0040_a504, "SQ", [[element(0x0008_0105, "CS", "DCMR"), element(0x0040_db00, "CS", id)]]);

export const codeContent = (name: Code, value: Code, children: readonly Related[] = []): ContentItem =>
  item("CODE", name, [element(0x0040_a168, "SQ", [codeItem(value)])], children);

export const textContent = (name: Code, text: string): ContentItem => item("TEXT", name, [element(0x0040_a160, "UT", text)]);

export const dateContent = (name: Code, date: string): ContentItem => item("DATE", name, [element(0x0040_a121, "DA", date)]);

export const timeContent = (name: Code, time: string): ContentItem => item("TIME", name, [element(0x0040_a122, "TM", time)]);

export const numberContent = (name: Code, value: number, unit: Code): ContentItem =>
  item("NUM", name, [element(0x0040_a300, "SQ", [[element(0x0040_08ea, "SQ", [codeItem(unit)]), element(0x0040_a30a, "DS", value)]])]);

export const imageContent = (reference: ImageReference, children: readonly Related[] = []): ContentItem =>
  item("IMAGE", undefined, [element(0x0008_1199, "SQ", [instanceReference(reference)])], children);

/** Points are (column, row), the top left corner of the image is (0, 0) (PS3.3 C.18.6.1.2). */
export const coordinates = (
  name: Code,
  type: "POINT" | "POLYLINE",
  points: readonly (readonly [column: number, row: number])[],
  children: readonly Related[],
): ContentItem => item("SCOORD", name, [element(0x0070_0022, "FL", points.flat()), element(0x0070_0023, "CS", type)], children);

/** Another place of the same tree, by the numbers of the items on the way to it, the root being 1 (PS3.3 C.17.3.2.5). */
export const byReference = (path: readonly number[]): ContentItem => ({ elements: [element(0x0040_db73, "UL", path)], children: [] });

/** The tree below and with its root as the elements of a data set: SR Document Content (PS3.3 C.17.3). */
export const encodeContent = ({ elements, children }: ContentItem): Elements => [
  ...elements,
  ...(children.length === 0
    ? []
    : [
        element(
          0x0040_a730,
          "SQ",
          children.map(([relationship, child]) => [element(0x0040_a010, "CS", relationship), ...encodeContent(child)]),
        ),
      ]),
];
