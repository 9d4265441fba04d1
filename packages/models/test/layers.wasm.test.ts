import { testLayers } from "./testLayers.ts";

testLayers("wasm");
