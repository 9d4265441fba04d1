import { library } from "../../tsup.config.base.ts";

export default library({
  index: "src/index.ts",
  node: "src/node.ts",
  shards: "src/shards.ts",
  workerTasks: "src/scale/threads/workerTasks.ts",
  write: "src/write.ts",
});
