import { testDefects } from "./defects/testDefects.ts";

testDefects("cpu");
