import { testGradients } from "./testGradients.ts";

testGradients("cpu", 1);
