/** Why a file is in no score although nothing is wrong with it, in words: what kind of file it is, or by which rule of the policy another image stands for it. */
export const leftOutReasons = {
  "not-dicom": "no DICOM file",
  absent: "named by a DICOMDIR and not there, or no DICOM file",
  "not-mammography": "of no mammography SOP class (secondary captures, reports, …)",
  part: "a crop or a mask of a film, no view",
  duplicate: "the same image as another file",
  kind: "no plain view (tomosynthesis, contrast, biopsy, …)",
  intent: "raw data of a view that is there for presentation",
  tomosynthesis: "a stack of a view that is there as an image",
  implant: "a whole view, which is there with the implant displaced",
  extra: "neither CC nor MLO of the whole breast",
  repeated: "a view that is there again",
} as const;

/** One of `leftOutReasons`. */
export type LeftOutReason = keyof typeof leftOutReasons;
