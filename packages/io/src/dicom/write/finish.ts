import { tags } from "../tags.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { type Elements, element } from "./element.ts";
import { encodeElements } from "./encodeElements.ts";
import { encodePart10 } from "./encodePart10.ts";
import { uidOf } from "./uidOf.ts";

/** An object without the UIDs of its series and instance -> its file: both follow from its content, so that the same content is the same instance. */
export async function finish(elements: Elements, transferSyntax: string = TransferSyntax.explicitLittleEndian): Promise<Uint8Array> {
  const content = encodeElements(elements);
  const uids = [
    element(tags.SOPInstanceUID, "UI", await uidOf("instance", content)),
    element(tags.SeriesInstanceUID, "UI", await uidOf("series", content)),
  ];
  return encodePart10([...elements, ...uids], { transferSyntax });
}
