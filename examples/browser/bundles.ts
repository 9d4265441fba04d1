import { standardizationVersion } from "@mammo/io";
import { dreamNet, saveWeights } from "@mammo/models";
import { type Bundle, type BundleFile, bundleFileName, openBundle } from "@mammo/pipeline";
import manifest from "@mammo/pipeline/package.json" with { type: "json" };
import { encodeSafetensors } from "@mammo/weights";
import type { PickedFile } from "./pickedFiles.ts";
import { sha256 } from "./sha256.ts";

/** A bundle, and the SHA-256 of its bundle.json. */
export interface PickedBundle {
  readonly bundle: Bundle;
  readonly bundleSha256: string;
}

export const isBundleFile = (path: string): boolean => path.split("/").at(-1) === bundleFileName;

/** The files of a bundle that `npm run dream` wrote, as the visitor picked them. Throws what is missing. */
export async function bundleOfFiles(files: readonly PickedFile[]): Promise<PickedBundle> {
  const bytesOf = async (name: string) => {
    const found = files.find(({ path }) => path.split("/").at(-1) === name);
    if (!found) throw new Error(`Expected ${name} among the files of the weights, got ${files.length} others`);
    return new Uint8Array(await found.file.arrayBuffer());
  };
  const bytes = await bytesOf(bundleFileName);
  return { bundle: openBundle(parsed(new TextDecoder().decode(bytes)), bytesOf), bundleSha256: await sha256(bytes) };
}

/** A bundle of a net as it was born, for those who have none: its answers mean nothing, and it says so. */
export async function untrainedBundle(): Promise<PickedBundle> {
  const model = dreamNet({ width: 0.125, seed: 1 });
  const weights = encodeSafetensors({ arrays: await saveWeights(model), metadata: {} });
  const file: BundleFile = {
    schema: "mammo-bundle-1",
    members: [
      { name: "untrained", family: "dreamNet", options: model.options, seed: 1, weightsSha256: await sha256(weights as Uint8Array<ArrayBuffer>) },
    ],
    calibrator: { kind: "platt", slope: 1, intercept: 0 },
    scale: { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
    trainedOn: "nothing: these scores mean nothing",
    standardization: standardizationVersion,
    provenance: { versions: { [manifest.name]: manifest.version }, node: "none, in a browser", backend: "not trained", seed: 1, inputs: {} },
  };
  model.dispose();
  const text = new TextEncoder().encode(JSON.stringify(file));
  return { bundle: openBundle(file, async () => weights), bundleSha256: await sha256(text) };
}

/** Without the runtime's own error, which repeats the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`Expected ${bundleFileName} to be JSON`);
  }
}
