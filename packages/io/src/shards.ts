// Writing
export { type ShardsProgress, type ShardsSummary, type WriteShardsOptions, writeShards } from "./scale/shards/writeShards.ts";

// Reading
export { openShards, readShardImage, type Shards } from "./scale/shards/openShards.ts";
export type { ShardImage } from "./scale/shards/shardRow.ts";

// What goes wrong
export type { ShardFailure } from "./scale/shards/shardRecord.ts";
export { ShardError, type ShardErrorCode } from "./scale/shards/shardError.ts";
