/** The HTTP API. A door of its own: who serves none need not load the schemas. */

export { WebFiles } from "../web/web-files.ts";
export { WorkerDoor, type WorkerDoorOptions } from "../workers/worker-door.ts";
export { Api, type ApiOptions } from "./api.ts";
export { Door, type DoorOptions } from "./door.ts";
export { findDoor } from "./find-door.ts";
export { isLoopback } from "./guard.ts";
