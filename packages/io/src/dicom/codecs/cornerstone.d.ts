// The Emscripten builds come without types; each exports a factory of its module.
declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  const factory: (options?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  export = factory;
}
declare module "@cornerstonejs/codec-openjph/wasmjs" {
  const factory: (options?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  export = factory;
}
