import { requireKnownKeys } from "@mammo/mammogram";
import { DicomError } from "../dicom/dicomError.ts";
import { isOddKind } from "../dicom/header/imageKind.ts";
import type { MammoHeader } from "../dicom/header/mammoHeader.ts";
import { isImplied, wholeView } from "../dicom/viewCodes.ts";
import { type ExamPolicy, type ExpectedView, examPolicyDefaults } from "./examPolicy.ts";

/** What a choice between images looks at. */
export interface SelectableImage {
  readonly header: Pick<
    MammoHeader,
    "kind" | "laterality" | "view" | "presentationIntent" | "isTomosynthesis" | "isSynthetic" | "isPartialView" | "isQualityControl"
  >;
  /** Where it stands among the images of its exam by time of acquisition. */
  readonly order: number;
  /** Square mm; needed where the largest of repeated views is asked for. */
  readonly breastArea?: number;
}

/** An image that was left out, by which rule, and what shows the same. */
export interface LeftOut<T> {
  readonly image: T;
  /** `duplicate` is the same SOP Instance UID again, by `readExam` alone. */
  readonly rule: "kind" | "intent" | "tomosynthesis" | "implant" | "extra" | "repeated" | "duplicate";
  /** The images that stayed in its place by this rule; none for an extra view, or an odd kind that no plain image of the view stands beside. */
  readonly instead: readonly T[];
}

/** What stays of an exam, and what not. */
export interface SelectedViews<T> {
  /** In the order of the images. */
  readonly kept: readonly T[];
  readonly leftOut: readonly LeftOut<T>[];
  /** The views that the policy expects and the exam does not have. */
  readonly missing: readonly ExpectedView[];
}

/**
 * The images of one exam -> those to look at, each decision with its reason. Rules run in the order of the policy's fields, each over what the one before it left.
 *
 * Nothing is left out in favor of another image, nor another in favor of it, where its breast or view is unknown or partial, or where it shows a test object.
 * @throws DicomError `missing-view` where the policy refuses an exam without the expected views; RangeError where the largest is asked for and an area is absent.
 * @example const { kept, leftOut, missing } = selectViews(exam.images, { repeated: "latest" });
 */
export function selectViews<T extends SelectableImage>(images: readonly T[], policy: Partial<ExamPolicy> = {}): SelectedViews<T> {
  requireKnownKeys("selectViews", policy, {
    kind: true,
    intent: true,
    tomosynthesis: true,
    implant: true,
    extra: true,
    repeated: true,
    expected: true,
    missing: true,
  });
  const rules = { ...examPolicyDefaults, ...policy };
  const leftOut: LeftOut<T>[] = [];
  let kept = images;
  const leave = (rule: LeftOut<T>["rule"], left: ReadonlyMap<T, readonly T[]>): void => {
    for (const [image, instead] of left) leftOut.push({ image, rule, instead });
    kept = kept.filter((image) => !left.has(image));
  };
  const viewOf = ({ header: { laterality, view } }: T): readonly (string | undefined)[] => [laterality, view.position, ...[...view.modifiers].sort()];

  if (rules.kind === "plain") {
    const isPlain = ({ header: { kind } }: T): boolean => !isOddKind(kind);
    const beside = (odd: T): readonly T[] => kept.filter((image) => isPlain(image) && viewOf(image).join() === viewOf(odd).join());
    const odd = kept.filter((image) => !isPlain(image) && image.header.kind !== "low-energy");
    leave("kind", new Map(odd.map((image) => [image, beside(image)])));
    leave("kind", inFavorOf(kept, viewOf, isPlain));
  }
  if (rules.intent !== "all") {
    const preferred = rules.intent === "presentation" ? "FOR PRESENTATION" : "FOR PROCESSING";
    const key = (image: T) => [...viewOf(image), image.header.isTomosynthesis, image.header.isSynthetic];
    const isPreferred = (image: T): boolean => image.header.presentationIntent === preferred;
    // One file for presentation stands for one raw file: where there are more raw ones, which of them shows something else is not known.
    leave(
      "intent",
      inFavorOf(kept, key, isPreferred, (group) => 2 * group.filter(isPreferred).length >= group.length),
    );
  }
  if (rules.tomosynthesis !== "all") {
    const isStack = rules.tomosynthesis === "stack";
    leave(
      "tomosynthesis",
      inFavorOf(kept, viewOf, (image) => image.header.isTomosynthesis === isStack),
    );
  }
  if (rules.implant !== "all") {
    const displaced = rules.implant === "displaced";
    const key = ({ header: { laterality, view } }: T) => [
      laterality,
      view.position && wholeView(view.position),
      ...view.modifiers.filter((name) => name !== "implantDisplaced").sort(),
    ];
    leave(
      "implant",
      inFavorOf(kept, key, ({ header: { view } }) => (wholeView(view.position!) !== view.position) === displaced),
    );
  }
  if (rules.extra === "leave") leave("extra", new Map(kept.filter(isExtra).map((image) => [image, []])));
  if (rules.repeated !== "all") {
    const key = (image: T) => [...viewOf(image), image.header.isTomosynthesis, image.header.presentationIntent];
    const first = rules.repeated === "latest" ? latestOf : largestOf;
    const candidates = kept.filter(({ header }) => !header.view.modifiers.includes("other")); // Two of those may be two views.
    const best = new Set(
      [...groupsOf(candidates, key)].map((group) => {
        const real = group.filter(({ header }) => !header.isSynthetic && !isOddKind(header.kind));
        return first(real.length > 0 ? real : group);
      }),
    );
    leave(
      "repeated",
      inFavorOf(candidates, key, (image) => best.has(image)),
    );
  }

  const has = ({ laterality, position }: ExpectedView): boolean =>
    kept.some(
      (image) =>
        isComparable(image) &&
        !isModified(image) &&
        image.header.laterality === laterality &&
        (image.header.view.position === position || wholeView(image.header.view.position!) === position),
    );
  const missing = rules.expected.filter((expected) => !has(expected));
  if (rules.missing === "refuse" && missing.length > 0)
    throw new DicomError(
      "missing-view",
      `Expected an exam with ${missing.map(({ laterality, position }) => `${laterality}-${position}`).join(", ")}`,
    );
  return { kept, leftOut, missing };
}

/** Of each group that has preferred images, and enough of them, the others, with the preferred ones. */
function inFavorOf<T extends SelectableImage>(
  images: readonly T[],
  key: (image: T) => readonly unknown[],
  isPreferred: (image: T) => boolean,
  isEnough: (group: readonly T[]) => boolean = () => true,
): ReadonlyMap<T, readonly T[]> {
  const left = new Map<T, readonly T[]>();
  for (const group of groupsOf(images, key)) {
    const preferred = group.filter(isPreferred);
    if (preferred.length > 0 && isEnough(group)) for (const image of group) if (!preferred.includes(image)) left.set(image, preferred);
  }
  return left;
}

/** Images of the same key; those that compare with no other belong to none. */
function groupsOf<T extends SelectableImage>(images: readonly T[], key: (image: T) => readonly unknown[]): Iterable<readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const image of images) {
    if (!isComparable(image)) continue;
    const name = key(image).join(" ");
    groups.set(name, [...(groups.get(name) ?? []), image]);
  }
  return groups.values();
}

const isComparable = <T extends SelectableImage>({ header }: T): boolean =>
  header.laterality !== undefined && header.view.position !== undefined && !header.isPartialView && !header.isQualityControl;

const latestOf = <T extends SelectableImage>(group: readonly T[]): T => group.reduce((best, image) => (image.order >= best.order ? image : best));

function largestOf<T extends SelectableImage>(group: readonly T[]): T {
  const area = ({ breastArea }: T): number => {
    if (breastArea === undefined) throw new RangeError("Expected the breast's area of each image where the largest of repeated views is asked for");
    return breastArea;
  };
  return group.reduce((best, image) => (area(image) > area(best) ? image : best));
}

/** Anything but CC and MLO of the whole breast; displacing an implant shows the breast's own tissue whole. */
function isExtra<T extends SelectableImage>(image: T): boolean {
  const { view } = image.header;
  const isScreening = view.position !== undefined && ["CC", "MLO"].includes(wholeView(view.position));
  return !isScreening || isModified(image);
}

/** Whether it is taken in another way than its position says. */
const isModified = <T extends SelectableImage>({ header: { view } }: T): boolean => view.modifiers.some((name) => !isImplied(name, view.position));
