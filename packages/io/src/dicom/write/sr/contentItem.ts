import { tags } from "../../tags.ts";
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
/** A node with how it belongs to the one above. */
export type Related = readonly [relationship: Relationship, item: ContentItem];

const item = (type: string, name: Code | undefined, value: readonly Element[], children: readonly Related[] = []): ContentItem => ({
  elements: [element(tags.ValueType, "CS", type), ...(name ? [element(tags.ConceptNameCodeSequence, "SQ", [codeItem(name)])] : []), ...value],
  children,
});

/** A heading with items below it (PS3.3 C.17.3.2). */
export const container = (name: Code, children: readonly Related[], template?: string): ContentItem =>
  item("CONTAINER", name, [element(tags.ContinuityOfContent, "CS", "SEPARATE"), ...(template ? [templateSequence(template)] : [])], children);

const templateSequence = (id: string): Element =>
  element(tags.ContentTemplateSequence, "SQ", [[element(tags.MappingResource, "CS", "DCMR"), element(tags.TemplateIdentifier, "CS", id)]]);

/** A coded value. */
export const codeContent = (name: Code, value: Code, children: readonly Related[] = []): ContentItem =>
  item("CODE", name, [element(tags.ConceptCodeSequence, "SQ", [codeItem(value)])], children);

/** Words. */
export const textContent = (name: Code, text: string): ContentItem => item("TEXT", name, [element(tags.TextValue, "UT", text)]);

/** A day, as DA. */
export const dateContent = (name: Code, date: string): ContentItem => item("DATE", name, [element(tags.Date, "DA", date)]);

/** A time of day, as TM. */
export const timeContent = (name: Code, time: string): ContentItem => item("TIME", name, [element(tags.Time, "TM", time)]);

/** A number with its unit. */
export const numberContent = (name: Code, value: number, unit: Code): ContentItem =>
  item("NUM", name, [
    element(tags.MeasuredValueSequence, "SQ", [
      [element(tags.MeasurementUnitsCodeSequence, "SQ", [codeItem(unit)]), element(tags.NumericValue, "DS", value)],
    ]),
  ]);

/** A reference to an image. */
export const imageContent = (reference: ImageReference, children: readonly Related[] = []): ContentItem =>
  item("IMAGE", undefined, [element(tags.ReferencedSOPSequence, "SQ", [instanceReference(reference)])], children);

/** Points are (column, row), the top left corner of the image is (0, 0) (PS3.3 C.18.6.1.2). */
export const coordinates = (
  name: Code,
  type: "POINT" | "POLYLINE",
  points: readonly (readonly [column: number, row: number])[],
  children: readonly Related[],
): ContentItem => item("SCOORD", name, [element(tags.GraphicData, "FL", points.flat()), element(tags.GraphicType, "CS", type)], children);

/** Another place of the same tree, by the numbers of the items on the way to it, the root being 1 (PS3.3 C.17.3.2.5). */
export const byReference = (path: readonly number[]): ContentItem => ({
  elements: [element(tags.ReferencedContentItemIdentifier, "UL", path)],
  children: [],
});

/** The tree below and with its root as the elements of a data set: SR Document Content (PS3.3 C.17.3). */
export const encodeContent = ({ elements, children }: ContentItem): Elements => [
  ...elements,
  ...(children.length === 0
    ? []
    : [
        element(
          tags.ContentSequence,
          "SQ",
          children.map(([relationship, child]) => [element(tags.RelationshipType, "CS", relationship), ...encodeContent(child)]),
        ),
      ]),
];
