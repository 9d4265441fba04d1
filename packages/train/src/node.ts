export { loadBytes, saveBytes } from "./node/files.ts";
