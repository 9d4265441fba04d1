// Assertions
export { type Closeness, expectClose } from "./expectClose.ts";
export { expectNoLeak } from "./expectNoLeak.ts";
export { golden } from "./golden.ts";

// What this machine has
export { commandExists } from "./commandExists.ts";
export { dataFolder } from "./dataFolder.ts";
export { hasTfjsNode } from "./hasTfjsNode.ts";
export { mountSmall } from "./mountSmall.ts";
