import { judgeLayers } from "./judgeLayers.ts";

judgeLayers("cpu");
