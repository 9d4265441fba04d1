import { DicomError, limitsDefaults, parseDicom, readFrames, readMammogram } from "../../src/index.ts";

/** Errors that no byte of the file is to blame for. */
const withoutByte = new Set(["codec-missing", "timeout"]);

/**
 * Reads a file in both ways, standardized and frame by frame. Gives "read" or the code of the typed error; throws whatever is not as
 * promised: an error without type or byte, an image that is none, more than two seconds of this process's time.
 */
export async function verdict(bytes: Uint8Array): Promise<string> {
  const start = process.cpuUsage();
  const limits = { framePixels: 1e6, frames: 50 };
  const outcome = await typed(async () => {
    const { image } = await readMammogram(bytes, { size: [64, 48], mmPerPixel: 5, limits });
    if (image.pixels.length !== 64 * 48 || !image.pixels.every((value) => value >= 0 && value <= 1)) throw new Error("Expected pixels in [0, 1]");
    if (!image.toSource.every(Number.isFinite)) throw new Error("Expected a finite way back to the source");
  });
  await typed(async () => {
    const file = await parseDicom(bytes, { ...limitsDefaults, ...limits });
    for await (const cells of readFrames(file)) if (cells.length === 0) throw new Error("Expected cells");
  });
  const { user, system } = process.cpuUsage(start);
  if (user + system > 2_000_000) throw new Error(`Expected an answer within 2 s, took ${(user + system) / 1e6} s`);
  return outcome;
}

async function typed(read: () => Promise<void>): Promise<string> {
  try {
    await read();
    return "read";
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    if (!withoutByte.has(error.code) && !Number.isInteger(error.offset)) throw new Error(`Expected a byte for ${error.code}: ${error.message}`);
    return error.code;
  }
}
