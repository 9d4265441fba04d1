import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DicomError, readMammogram, readRaster, selectViews } from "@mammo/io";
import { groupExams } from "@mammo/io/node";
import { deidentify } from "@mammo/io/write";
import type { Case, Outcome } from "./case.ts";
import { refusal, sameImage } from "./readCase.ts";

const twin = (name: string, options: Parameters<typeof sameImage>[2] = {}): Case => sameImage(`dicom/${name}.dcm`, `dicom/${name}.ref.dcm`, options);
const plain = (name: string, options: Parameters<typeof sameImage>[2] = {}): Case => sameImage(`dicom/${name}.dcm`, "dicom/plain.dcm", options);
const stack = (name: string): Case => sameImage(`dicom/${name}.dcm`, "dicom/stack.dcm");

/** Single DICOM files against their well-formed twins; sources of the right answers: ../shared/cases/dicom/README.md. */
const single: readonly Case[] = [
  twin("I2_lut_wider_than_declared", { mayRefuse: true }),
  twin("I3_lut_one_entry_short", { flag: "unreadable-attribute" }),
  twin("I3b_lut_one_entry_short_with_window", { flag: "unreadable-attribute" }),
  twin("I12_comma_rescale_slope", { mayRefuse: true }),
  twin("G7_comma_magnification", { mayRefuse: true }),
  plain("I6_comma_spacing", { mayRefuse: true }),
  twin("I13_modality_lut_one_short", { mayRefuse: true }),
  plain("I7_second_window_empty"),
  plain("I7b_second_window_text"),
  plain("G6_spacing_trailing_backslash"),
  twin("G1_sid_sod_no_ermf"),
  twin("G4b_dbt_turned_180_iop_says_so"),
  twin("V1_modifier_at_top_level"),
  twin("V2_deprecated_xccl_code"),
  twin("V2b_deprecated_xccl_code_with_string_cc"),
  plain("V3_code_meaning_only", { flag: "nonstandard-attribute" }),
  plain("V10_view_position_LCC", { flag: "nonstandard-attribute" }),
  plain("V8_laterality_word", { flag: "nonstandard-attribute" }),
  plain("V5_tomo_slice", { flag: "tomosynthesis-slice" }),
  plain("V5_tomo_proj", { flag: "tomosynthesis-projection" }),
  plain("V5_post_contrast", { flag: "contrast" }),
  twin("X6_padding_65535_in_12_bits"),
  twin("X6d_padding_minus2000_in_12_bits"),
  plain("X1_bits_stored_10_codestream_12"),
  plain("X1c_j2k12_stored_10"),
  twin("X2_ts_jpll_codestream_baseline", { flag: "codestream-mismatch", mayRefuse: true }),
  plain("X3b_ts_jpll_pixels_native", { flag: "codestream-mismatch", mayRefuse: true }),
  plain("X3g_ts_extended_pixels_jpll", { flag: "codestream-mismatch", mayRefuse: true }),
  twin("X4t_j2k_signed8_in_8"),
  twin("X5_j2k_unsigned14_pr1_stored16"),
  stack("P11d_jpll_two_fragments_bot_zeros"),
  stack("P12_two_fragments_no_bot"),
  stack("P11_rle_empty_last_fragment"),
  twin("P3_un_sequences"),
  plain("P8_private_looks_like_item"),
  twin("P4a_delim_inside_known_sq"),
  twin("P4c_item_delim_in_known_item"),
  twin("P5_e0dd_instead_of_e00d"),
  plain("P9_private_ob_undefined"),
  plain("P6_zeros_for_delimiter"),
  plain("P1_ts_implicit_data_explicit"),
  plain("P7_implicit_element_inside_explicit"),
  plain("P7_vr_nuls"),
  plain("P7_vr_spaces"),
];

/** Folders: which files are looked at by the default policy; the number names the file. */
const selected = (folder: string, kept: readonly string[]): Case => ({
  path: `dicom/${folder}`,
  expected: `looks at ${kept.join(" ")}`,
  async run(root) {
    const { exams } = await groupExams(join(root, "dicom", folder));
    const names = exams.flatMap(({ images }) =>
      selectViews(images, { extra: "leave", repeated: "latest" }).kept.map(({ path }) => path.slice(-7, -4)),
    );
    const isSame = names.sort().join() === kept.join();
    return { outcome: isSame ? "right" : "silently wrong", note: names.join(" ") };
  },
});

const key = new Uint8Array(32).fill(7);

/** A name that stands where no one looks is gone after de-identification, or Patient Identity Removed is not YES. */
const hidden = (name: string): Case => ({
  path: `dicom/${name}.dcm`,
  expected: "no name left, or Patient Identity Removed is NO; or refused",
  async run(root) {
    try {
      const clean = Buffer.from(await deidentify(await readFile(join(root, "dicom", `${name}.dcm`)), { key })).toString("latin1");
      const isStated = clean.includes("\x12\x00\x62\x00CS\x04\x00YES");
      return { outcome: /canary/i.test(clean) && isStated ? "silently wrong" : "right" };
    } catch (error) {
      return refusal(error, true);
    }
  },
});

/** The same image before and after de-identification. */
const kept = (name: string): Case => ({
  path: `dicom/${name}.dcm`,
  expected: "the same image after de-identification",
  async run(root) {
    try {
      const bytes = await readFile(join(root, "dicom", `${name}.dcm`));
      const before = await readMammogram(bytes);
      const after = await readMammogram(await deidentify(bytes, { key }));
      const isSame = Buffer.from(before.image.pixels.buffer).equals(Buffer.from(after.image.pixels.buffer));
      return { outcome: isSame ? "right" : "silently wrong" };
    } catch (error) {
      return refusal(error, false);
    }
  },
});

/** An image file that says how it is turned, or holds values that it cannot: refused, or read as it says. */
const raster = (name: string, isRight: (raster: Awaited<ReturnType<typeof readRaster>>) => boolean): Case => ({
  path: `dicom/${name}`,
  expected: "refused, or read as the file says",
  async run(root) {
    try {
      return { outcome: isRight(await readRaster(await readFile(join(root, "dicom", name)))) ? "right" : "silently wrong" };
    } catch (error) {
      return refusal(error, true);
    }
  },
});

const media: Case = {
  path: "dicom/media_ext",
  expected: "one image",
  async run(root) {
    const { exams, skipped } = await groupExams(join(root, "dicom/media_ext/DICOMDIR")).catch((error: DicomError) => {
      throw error;
    });
    const outcome: Outcome = exams.length === 1 ? "right" : "refused though readable";
    return { outcome, note: `${skipped.absent} absent` };
  },
};

/** All cases of ../shared/cases/dicom. */
export const dicomCases: readonly Case[] = [
  ...single,
  selected("exam_slices", ["001", "002", "003", "004"]),
  selected("exam_cem", ["009", "010", "011", "012"]),
  selected("exam_mag", ["005", "006", "007", "008"]),
  hidden("E1_hidden_in_pixel_padding"),
  hidden("E8_text_in_us"),
  hidden("E9_text_behind_rle_frame"),
  hidden("E3_dicomdir"),
  kept("E2_lowercase_codes"),
  kept("E7_rows_ul"),
  media,
  raster("ras_le16.pgm", () => false),
  // Turned by a quarter clockwise the film of 160 x 240 is 240 x 160.
  raster("ras_exif6.jpg", ({ rows, columns }) => rows === 240 && columns === 160),
];
