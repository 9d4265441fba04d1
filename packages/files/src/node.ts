// Writing: whole or not at all
export {
  type AtomicFile,
  atomicFile,
  isTemporaryName,
  removeTemporary,
  requireEmptyFolder,
  type WriteOptions,
  writeFileAtomically,
} from "./node/atomicFile.ts";
// One run a folder
export { type FolderLock, lockFolder } from "./node/lockFolder.ts";
// Reading: regular files of a bounded size
export { openRegularFile, type ReadOptions, readFileIfThere, readJson, readRegularFile, sha256 } from "./node/regularFile.ts";
export { type WalkOptions, walkFolder } from "./node/walkFolder.ts";
