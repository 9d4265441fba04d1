import { testGradients } from "./gradientTable.ts";

testGradients("cpu", 1);
