import { testWindows } from "./testWindows.ts";

testWindows("wasm");
