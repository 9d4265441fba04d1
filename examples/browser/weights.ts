import { type DreamNet, type DreamNetOptions, dreamNet, loadWeights } from "@mammo/models";
import { decodeSafetensors, toTensors } from "@mammo/train";
import { dispose } from "@tensorflow/tfjs-core";

/** The two files of a bundle that `npm run dream` wrote, as the user picked them -> the net with its weights. Throws what is missing. */
export async function netFromFiles(files: readonly File[]): Promise<DreamNet> {
  const named = (name: string) => {
    const file = files.find((file) => file.name === name);
    if (!file) throw new Error(`Expected ${name} among the files, got ${files.map((file) => file.name).join(", ") || "none"}`);
    return file;
  };
  const { dreamNet: options } = JSON.parse(await named("bundle.json").text()) as { dreamNet: DreamNetOptions };
  const { arrays } = decodeSafetensors(new Uint8Array(await named("dreamNet.safetensors").arrayBuffer()));
  const model = dreamNet(options);
  const weights = toTensors(arrays);
  try {
    loadWeights(model, weights);
  } finally {
    dispose(weights);
  }
  return model;
}
