import { golden } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codecs, DicomError, type ImagePixel } from "../src/index.ts";

interface Fixture {
  readonly rows: number;
  readonly columns: number;
  readonly cases: readonly {
    readonly name: string;
    readonly syntax: string;
    readonly bits: 8 | 16;
    readonly encoded: string;
    readonly pixels: readonly number[];
  }[];
}
const { rows, columns, cases } = golden<Fixture>("codestreams", import.meta.url);
const pixelOf = (bits: 8 | 16): ImagePixel => ({
  rows,
  columns,
  frames: 1,
  samplesPerPixel: 1,
  photometricInterpretation: "MONOCHROME2",
  planarConfiguration: 0,
  bitsAllocated: bits,
  bitsStored: bits,
  highBit: bits - 1,
  isSigned: false,
});
const codecOf = (syntax: string) => codecs.find(({ transferSyntaxes }) => transferSyntaxes.includes(syntax))!;

describe.each(cases.map((one) => [one.name, one] as const))("codec: %s", (_name, { syntax, bits, encoded, pixels }) => {
  const bytes = Uint8Array.from(Buffer.from(encoded, "base64"));

  it("decodes to the reference's pixels", async () => {
    expect([...(await codecOf(syntax).decode(bytes, pixelOf(bits), syntax))]).toEqual(pixels);
  });

  it("refuses a size that the data set does not declare, before it decodes", async () => {
    const decode = async (): Promise<unknown> => codecOf(syntax).decode(bytes, { ...pixelOf(bits), rows: rows + 1 }, syntax);
    await expect(decode()).rejects.toMatchObject({ code: "pixels-mismatch" });
  });

  it("gives pixels or a typed error, whatever bytes are broken", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(bytes.length),
        async (changes, kept) => {
          const broken = bytes.slice(0, Math.max(kept, 40));
          for (const [at, value] of changes) if (at < broken.length) broken[at] = value;
          try {
            const decoded = await codecOf(syntax).decode(broken, pixelOf(bits), syntax);
            expect(decoded).toHaveLength(rows * columns);
          } catch (error) {
            // The wasm decoders throw numbers or their own errors; decodeFrame makes them typed.
            if (!/^(jpeg-2000|htj2k)$/.test(codecOf(syntax).name)) expect(error).toBeInstanceOf(DicomError);
          }
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

it("RLE gives back what PackBits made of both bytes", async () => {
  const values = Uint16Array.from({ length: rows * columns }, (_, index) => (index % 7) * 300 + (index > 200 ? 5 : 0));
  const segment = (shift: number): number[] => [...values].flatMap((value) => [0, (value >> shift) & 255]);
  const [high, low] = [segment(8), segment(0)];
  const header = new Uint32Array(16);
  header.set([2, 64, 64 + high.length]);
  const encoded = new Uint8Array([...new Uint8Array(header.buffer), ...high, ...low]);
  const syntax = "1.2.840.10008.1.2.5";
  expect(await codecOf(syntax).decode(encoded, pixelOf(16), syntax)).toEqual(values);
});
