// The worker of the page: a reader with the codecs' WebAssembly where the server has it.
import { codecs, htj2kCodec, jpeg2000Codec, serveReads, type WebWorkerScope } from "../../src/index.ts";

serveReads(self as unknown as WebWorkerScope, {
  codecs: [jpeg2000Codec({ wasm: "/openjpegwasm_decode.wasm" }), htj2kCodec({ wasm: "/openjphjs.wasm" }), ...codecs],
});
