import { judgeNets } from "./judgeNets.ts";

judgeNets("cpu");
