export { Engine } from "./engine.ts";
export { explainStored } from "./explain-stored.ts";
export type { EngineOptions, EnginePorts } from "./ports.ts";
export type { WaitReason } from "./why.ts";
