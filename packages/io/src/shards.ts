export { openShards, readShardImage, type ShardImage, type Shards } from "./shards/openShards.ts";
export { ShardError, type ShardErrorCode } from "./shards/shardError.ts";
export type { ShardFailure } from "./shards/shardRecord.ts";
export { type ShardsProgress, type ShardsSummary, type WriteShardsOptions, writeShards } from "./shards/writeShards.ts";
