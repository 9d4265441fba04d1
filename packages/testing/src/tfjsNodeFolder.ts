/**
 * The folder of a tfjs-node that holds a TensorFlow: `MAMMO_TFJS_NODE`, as `@mammo/backend` reads it; undefined where there is none.
 *
 * npm cannot bring it (`mammo-backend link-tensorflow` can), so `.ci/run` makes one and tests that need it are skipped elsewhere.
 *
 * @example describe.skipIf(!tfjsNodeFolder())("native TensorFlow (needs MAMMO_TFJS_NODE)", () => {});
 */
export function tfjsNodeFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  return environment["MAMMO_TFJS_NODE"] || undefined;
}
