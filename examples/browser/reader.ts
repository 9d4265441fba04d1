// The page's worker: reads files, with the codecs' WebAssembly where the server has it.
import { codecs, htj2kCodec, jpeg2000Codec, serveReads, type WebWorkerScope } from "@mammo/io";

serveReads(self as unknown as WebWorkerScope, {
  codecs: [jpeg2000Codec({ wasm: "wasm/openjpegwasm_decode.wasm" }), htj2kCodec({ wasm: "wasm/openjphjs.wasm" }), ...codecs],
});
