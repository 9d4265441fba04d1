import { library } from "../../tsup.config.base.ts";

export default library({
  index: "src/index.ts",
  node: "src/node.ts",
  drawThread: "src/evaluation/drawThread.ts",
  batchThread: "src/recipes/threads/batchThread.ts",
});
