import { testDetectionLosses } from "./testDetectionLosses.ts";

testDetectionLosses("cpu");
