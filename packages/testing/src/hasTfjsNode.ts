/**
 * Whether `MAMMO_TEST_TFJS_NODE` names the folder of a tfjs-node that holds a TensorFlow. If so, `@mammo/backend` finds it from here on in this process and its
 * children.
 *
 * npm cannot install one (`@mammo/native-tensorflow` can), so `.ci/run` makes one, and tests that need it are skipped elsewhere. The variable is of the tests alone:
 * all others would take native TensorFlow for the best backend.
 *
 * @example describe.skipIf(!hasTfjsNode())("native TensorFlow (needs MAMMO_TEST_TFJS_NODE)", () => {});
 */
export function hasTfjsNode(): boolean {
  const folder = process.env["MAMMO_TEST_TFJS_NODE"];
  if (folder) process.env["MAMMO_TFJS_NODE"] = folder;
  return Boolean(folder);
}
