// What simulations of the engine are made of. For this repository alone: it is not published.
export { MemoryDatabase } from "./memory/database.ts";
export { LEASE_MS, type MemorySession, MemoryStore } from "./memory/store.ts";
export { flowOf, PARAMS, type Ref, type Sketch } from "./sketch.ts";
