import { testGradients } from "./testGradients.ts";

testGradients("wasm", 1);
