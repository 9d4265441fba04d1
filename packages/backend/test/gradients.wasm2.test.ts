import { testGradients } from "./gradientTable.ts";

testGradients("wasm", 2);
