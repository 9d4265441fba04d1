/**
 * Whether there is a tfjs-node that holds a TensorFlow: the folder in `MAMMO_TEST_TFJS_NODE`. If so, `@mammo/backend` finds it from here on in this process.
 *
 * npm cannot bring it (`mammo-backend link-tensorflow` can), so `.ci/run` makes one and tests that need it are skipped elsewhere. The variable is one of the
 * tests' own, lest all other tests take native TensorFlow for the best backend.
 *
 * @example describe.skipIf(!hasTfjsNode())("native TensorFlow (needs MAMMO_TEST_TFJS_NODE)", () => {});
 */
export function hasTfjsNode(): boolean {
  const folder = process.env["MAMMO_TEST_TFJS_NODE"];
  if (folder) process.env["MAMMO_TFJS_NODE"] = folder;
  return Boolean(folder);
}
