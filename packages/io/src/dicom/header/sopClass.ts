/** What the storage classes of mammography (PS3.4 B.5) say by themselves. */
export const mammographyClasses: ReadonlyMap<
  string,
  { readonly intent: "FOR PRESENTATION" | "FOR PROCESSING"; readonly stack: "tomosynthesis" | "projection" | undefined }
> = new Map([
  ["1.2.840.10008.5.1.4.1.1.1.2", { intent: "FOR PRESENTATION", stack: undefined }],
  ["1.2.840.10008.5.1.4.1.1.1.2.1", { intent: "FOR PROCESSING", stack: undefined }],
  ["1.2.840.10008.5.1.4.1.1.13.1.3", { intent: "FOR PRESENTATION", stack: "tomosynthesis" }],
  ["1.2.840.10008.5.1.4.1.1.13.1.4", { intent: "FOR PRESENTATION", stack: "projection" }],
  ["1.2.840.10008.5.1.4.1.1.13.1.5", { intent: "FOR PROCESSING", stack: "projection" }],
] as const);
