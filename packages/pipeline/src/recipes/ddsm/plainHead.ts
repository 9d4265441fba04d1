import { type DetectorNet, type DreamNet, detectorClasses, fromDetector, malignantClasses } from "@mammo/models";
import { tensor, tidy } from "@tensorflow/tfjs-core";

/** How many logits a malignant cell that is sure raises the view by, and where the logit of a view without any begins. */
const gain = 4;
const none = -2;

/**
 * A DreamNet that begins as its detector already judges: its linear shortcut adds up the highest malignant probability in each cell of the 5x5 pool, its other branch gives 0.
 * A head that begins at random must find that out from a few hundred labels, and learns them by heart instead. Ours.
 */
export function plainHead(detector: DetectorNet, size: { readonly rows: number; readonly columns: number }): DreamNet {
  const { model } = fromDetector(detector, { ...size, headWidth: 1, heatmap: "softmax" });
  const set = (name: string, values: (at: number) => number) => {
    const param = model.params[name]!;
    tidy(() =>
      param.assign(
        tensor(
          Float32Array.from({ length: param.size }, (_, at) => values(at)),
          param.shape,
          "float32",
        ),
      ),
    );
  };
  // Flattened cell by cell, classes last.
  set("head/shortcut/kernel", (at) => (malignantClasses.includes(detectorClasses[at % detectorClasses.length]!) ? gain : 0));
  set("head/shortcut/bias", () => none);
  set("head/conv3/kernel", () => 0);
  set("head/conv3/bias", () => 0);
  return model;
}
