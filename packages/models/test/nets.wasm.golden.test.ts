import { judgeNets } from "./judgeNets.ts";

judgeNets("wasm");
