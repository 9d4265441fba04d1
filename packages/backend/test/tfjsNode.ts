// From here on this process and its children know the tfjs-node of the tests; .ci/run makes it.
const folder = process.env["MAMMO_TEST_TFJS_NODE"];
if (folder) process.env["MAMMO_TFJS_NODE"] = folder;

/** Is there a tfjs-node that holds a TensorFlow? */
export const hasTfjsNode = Boolean(folder);

/** For the name of a suite that is skipped without it. */
export const needsTfjsNode = "(needs MAMMO_TEST_TFJS_NODE, a tfjs-node linked to TensorFlow)";
