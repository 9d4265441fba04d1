import { mammogram } from "../writeDicom.ts";

/** What the fuzzer has found, rebuilt small: each once ended in something else than a typed error or an image. */
export const crashers: Readonly<Record<string, () => Uint8Array>> = {
  "a picture of pixels of 99 mm": () => mammogram({ mm: 99 }),
};
