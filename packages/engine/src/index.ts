export { Engine } from "./engine.ts";
export { explainStored, poolsStored } from "./explain-stored.ts";
export { LimitBook } from "./limit-book.ts";
export { decidePool, type PoolCommand, type PoolView, type SlotUser } from "./pools.ts";
export type { EngineOptions, EnginePorts } from "./ports.ts";
export { countOf, forgetOld, type PrunedFlows, sumOf } from "./upkeep/forget-old.ts";
export { Leftovers } from "./upkeep/remove-leftovers.ts";
export type { UpkeepOptions } from "./upkeep/upkeep-options.ts";
export type { WaitReason } from "./why.ts";
