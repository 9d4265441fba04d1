import { readMammogram, type StandardImage } from "@mammo/io";
import type { ExamImage } from "@mammo/io/node";
import { readBytes } from "../shared/readBytes.ts";
import { hashName } from "./exams.ts";

/** The standard image of a file; errors name the file by its content, not by its path. */
export async function readImage({ path, sha256 }: Pick<ExamImage, "path" | "sha256">): Promise<StandardImage> {
  try {
    return (await readMammogram(await readBytes(path))).image;
  } catch (error) {
    const cause = error as Error & { readonly code?: string };
    throw Object.assign(new Error(`${hashName(sha256)}: ${cause.message}`, { cause }), { code: cause.code });
  }
}
