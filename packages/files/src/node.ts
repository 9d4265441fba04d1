// Writing: whole or not at all
export {
  type AtomicFile,
  atomicFile,
  isTemporaryName,
  removeTemporary,
  type WriteOptions,
  writeFileAtomically,
} from "./node/atomicFile.ts";
export { createFile } from "./node/createFile.ts";
export { removeAtExit } from "./node/removeAtExit.ts";
// One run a folder
export { type ClaimedFolder, type ClaimOptions, claimFolder } from "./node/claimFolder.ts";
export { type FolderLock, isLockName, lockFolder } from "./node/lockFolder.ts";
// Reading: regular files of a bounded size
export { openRegularFile, type ReadOptions, readFileIfThere, readJson, readRegularFile, sha256 } from "./node/regularFile.ts";
export { type WalkOptions, walkFolder } from "./node/walkFolder.ts";
