import { findTfjsNode, restoreAddon } from "./tfjsNode.ts";

/**
 * Undoes `linkTensorflow` in a project: the addon that was there before, if any, is in its place again.
 *
 * Source: ours.
 * @throws NativeTensorflowError "unavailable" where there is no tfjs-node
 */
export function unlinkTensorflow(project: string): void {
  restoreAddon(findTfjsNode(project));
}
