// For viewers that live by the npm package dicom-parser

export type { ParsedDataSet } from "./dicom/dicomParser/parsedDataSet.ts";
export { parseGuarded } from "./dicom/dicomParser/parseGuarded.ts";
