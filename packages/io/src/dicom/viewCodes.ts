import type { View, ViewModifier, ViewPosition } from "./header/view.ts";
import type { Code } from "./write/sr/code.ts";

const mlo: Code = ["399368009", "SCT", "medio-lateral oblique"];
const cc: Code = ["399162004", "SCT", "cranio-caudal"];
const ml: Code = ["399260004", "SCT", "medial-lateral"];

/** View for Mammography (CID 4014). Views that DICOM has as a modifier of another stand at the view that they are usually taken in. */
const views: Readonly<Record<ViewPosition, Code>> = {
  AT: mlo,
  CC: cc,
  CCID: cc,
  CV: cc,
  FB: ["399196006", "SCT", "caudo-cranial"],
  LM: ["399352003", "SCT", "latero-medial"],
  LMO: ["399099002", "SCT", "latero-medial oblique"],
  ML: ml,
  MLID: ml,
  MLO: mlo,
  MLOID: mlo,
  RL: cc,
  RM: cc,
  SIO: ["399188001", "SCT", "superolateral to inferomedial oblique"],
  XCCL: ["399192008", "SCT", "cranio-caudal exaggerated laterally"],
  XCCM: ["399101009", "SCT", "cranio-caudal exaggerated medially"],
};

/** View Modifier for Mammography (CID 4015). */
const modifiers: Readonly<Record<Exclude<ViewModifier, "other">, Code>> = {
  axillaryTail: ["399011000", "SCT", "Axillary Tail"],
  cleavage: ["399161006", "SCT", "Cleavage"],
  rolledLateral: ["399197002", "SCT", "Rolled Lateral"],
  rolledMedial: ["399226006", "SCT", "Rolled Medial"],
  rolledInferior: ["414493004", "SCT", "Rolled Inferior"],
  rolledSuperior: ["415670009", "SCT", "Rolled Superior"],
  implantDisplaced: ["399209000", "SCT", "Implant Displaced"],
  magnification: ["399163009", "SCT", "Magnification"],
  spotCompression: ["399055006", "SCT", "Spot Compression"],
  tangential: ["399110001", "SCT", "tangential"],
  nippleInProfile: ["442581004", "SCT", "Nipple in profile"],
  anteriorCompression: ["441752004", "SCT", "Anterior compression"],
  inframammaryFold: ["442593008", "SCT", "Infra-mammary fold"],
  axillaryTissue: ["442580003", "SCT", "Axillary tissue"],
};

const implied: Partial<Record<ViewPosition, ViewModifier>> = {
  AT: "axillaryTail",
  CCID: "implantDisplaced",
  CV: "cleavage",
  MLID: "implantDisplaced",
  MLOID: "implantDisplaced",
  RL: "rolledLateral",
  RM: "rolledMedial",
};

/** A view as codes: the base view, and its modifiers by the header or by the name itself; those without a code of CID 4015 are left out. */
export function viewCodes(position: ViewPosition, stated: View["modifiers"]): { readonly view: Code; readonly modifiers: readonly Code[] } {
  const own = implied[position];
  const all = new Set([...(own ? [own] : []), ...stated]);
  return { view: views[position], modifiers: [...all].flatMap((modifier) => (modifier === "other" ? [] : [modifiers[modifier]])) };
}

/** All codes of this file. */
export const allViewCodes: readonly Code[] = [...new Set([...Object.values(views), ...Object.values(modifiers)])];
