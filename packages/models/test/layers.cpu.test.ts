import { testLayers } from "./testLayers.ts";

testLayers("cpu");
