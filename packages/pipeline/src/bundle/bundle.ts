import type { BundleFile, BundleMember } from "./bundleFile.ts";
import { parseBundle } from "./parseBundle.ts";

/** A bundle whose weights are read when a member is asked for. */
export interface Bundle extends BundleFile {
  /** The bytes of a file beside bundle.json. */
  readonly readFile: (name: string) => Promise<Uint8Array>;
}

/** Name of the file of a member's weights. */
export const weightsFileName = ({ name }: Pick<BundleMember, "name">): string => `${name}.safetensors`;

/**
 * The parsed bundle.json and a way to read the files beside it -> the bundle; no weights are read yet. In Node `loadBundle` does both.
 *
 * @throws PipelineError `no-weights` for anything but a bundle of this form, `other-standardization` for one trained on other standard images than this version makes.
 * @example const bundle = openBundle(JSON.parse(await file.text()), readFile);
 */
export function openBundle(json: unknown, readFile: Bundle["readFile"]): Bundle {
  return { ...parseBundle(json), readFile };
}
