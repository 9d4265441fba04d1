import { testDefects } from "./defects/testDefects.ts";

testDefects("wasm");
