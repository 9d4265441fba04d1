/** Field `number` of a message: a whole number, a float32, text, bytes, or another message. A list is a repeated field, written entry by entry. */
export type Field = readonly [number: number, value: bigint | number | string | Uint8Array | readonly Field[] | { readonly float: number }];

/**
 * Fields -> the bytes of a protocol-buffer message, in their order: varints, 32-bit floats and length-delimited values. Documented (protobuf, "Encoding").
 */
export function encodeMessage(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]): readonly Uint8Array[] => {
    if (typeof value === "number" || typeof value === "bigint") return [varint(number * 8), varint(value)];
    if (typeof value === "object" && "float" in value) return [varint(number * 8 + 5), littleFloat(value.float)];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : encodeMessage(value);
    return [varint(number * 8 + 2), varint(bytes.length), bytes];
  });
  const message = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  return message;
}

/** Seven bits a byte, lowest first; negative numbers as 64 bits of two's complement. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Uint8Array.from([...bytes, Number(left)]);
}

function littleFloat(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytes;
}
