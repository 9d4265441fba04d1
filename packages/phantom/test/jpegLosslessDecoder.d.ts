// The package carries no type declarations that NodeNext finds.
declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    decode(buffer: ArrayBufferLike, offset: number, length: number, bytesPerPixel: number): Uint16Array;
  }
}
