import { engine, type Tensor } from "@tensorflow/tfjs-core";

interface Engine {
  gradients(...args: readonly unknown[]): unknown;
  readonly state: { activeTape: { readonly saved: readonly Tensor[] }[] | null; readonly gradientDepth: number };
}

const repaired = new WeakSet<Engine>();

/**
 * Lets a gradient that throws free the tensors that its tape has saved, which stock tfjs-core keeps for good: after one step that ran out of memory
 * there would be no room for another.
 */
export function releaseTapeOnError(): void {
  const shared = engine() as unknown as Engine;
  if (repaired.has(shared)) return;
  repaired.add(shared);
  const stock = shared.gradients.bind(shared);
  shared.gradients = (...args) => {
    try {
      return stock(...args);
    } catch (error) {
      const { state } = shared;
      // A gradient within a gradient leaves the tape to the outer one.
      if (state.gradientDepth === 0) {
        for (const tensor of (state.activeTape ?? []).flatMap(({ saved }) => saved)) tensor.dispose();
        state.activeTape = null;
      }
      throw error;
    }
  };
}
