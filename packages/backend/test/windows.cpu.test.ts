import { testWindows } from "./testWindows.ts";

testWindows("cpu");
