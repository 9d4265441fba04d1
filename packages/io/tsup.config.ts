import { library } from "../../tsup.config.base.ts";

export default library({
  dicomParser: "src/dicomParser.ts",
  index: "src/index.ts",
  node: "src/node.ts",
  shards: "src/shards.ts",
  workerTasks: "src/scale/threads/workerTasks.ts",
  write: "src/write.ts",
});
