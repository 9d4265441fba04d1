import { testNets } from "./testNets.ts";

testNets("cpu");
