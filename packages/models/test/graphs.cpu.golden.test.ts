import { testGraphs } from "./testGraphs.ts";

testGraphs("cpu");
