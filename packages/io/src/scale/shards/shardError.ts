/** What can be wrong with a folder of shards. */
export type ShardErrorCode = "not-shards" | "unfinished" | "other-run" | "in-use" | "corrupt-shard" | "write-failed";

/** Errors in a folder of shards. Messages name the file and what was expected of it. */
export class ShardError extends Error {
  override readonly name = "ShardError";
  readonly code: ShardErrorCode;

  constructor(code: ShardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
