import { testGraphs } from "./testGraphs.ts";

testGraphs("wasm");
