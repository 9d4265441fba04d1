import { type Tensor, tidy } from "@tensorflow/tfjs-core";

/** The error that a computation throws on the current backend, in words; undefined where it throws none. */
export async function thrownError(compute: () => Tensor): Promise<string | undefined> {
  try {
    await tidy(compute).data();
    return undefined;
  } catch (error) {
    return `throws: ${(error as Error).message}`;
  }
}
