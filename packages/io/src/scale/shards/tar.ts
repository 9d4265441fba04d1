// The part of a POSIX ustar archive (IEEE Std 1003.1, pax, "ustar Interchange Format") that shards need: plain files, no owner, time 0.
const block = 512;

/** The size field holds eleven octal digits. */
const sizeLimit = 8 ** 11;

/**
 * The 512 bytes in front of a file's content. The same name and size give the same bytes.
 *
 * @throws RangeError for a name of more than 100 letters of ASCII, or a size of 8 GiB and more
 */
export function tarHeader(name: string, size: number): Uint8Array {
  if (!/^[\w.-]{1,100}$/.test(name)) throw new RangeError("Expected the name of a tar member to be 1 to 100 letters, digits, dots or dashes");
  if (!(Number.isInteger(size) && size >= 0 && size < sizeLimit))
    throw new RangeError(`Expected a tar member of 0 to ${sizeLimit - 1} bytes, got ${size}`);
  const header = new Uint8Array(block);
  const put = (text: string, at: number): void => void new TextEncoder().encodeInto(text, header.subarray(at));
  put(name, 0);
  put("0000644\0", 100); // mode
  put("0000000\0", 108); // user
  put("0000000\0", 116); // group
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136); // time
  put("        ", 148); // the checksum counts as spaces in its own sum
  put("0", 156); // a file
  put("ustar\0" + "00", 257);
  put("0000000\0", 329); // device
  put("0000000\0", 337);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Zeros from the end of a file's content to the next block. */
export const tarPadding = (size: number): Uint8Array => new Uint8Array((block - (size % block)) % block);

/** Two empty blocks end the archive. */
export const tarEnd: Uint8Array = new Uint8Array(2 * block);
