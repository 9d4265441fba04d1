import { library } from "../../tsup.config.base.ts";

export default library({ index: "src/index.ts", layers: "src/layers.ts", detection: "src/detection.ts", export: "src/export.ts" });
