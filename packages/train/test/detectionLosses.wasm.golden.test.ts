import { testDetectionLosses } from "./testDetectionLosses.ts";

testDetectionLosses("wasm");
