import { testNets } from "./testNets.ts";

testNets("wasm");
