import { judgeLayers } from "./judgeLayers.ts";

judgeLayers("wasm");
