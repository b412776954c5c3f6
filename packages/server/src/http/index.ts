/** The HTTP API. A door of its own: who serves none need not load the schemas. */
export { Api, type ApiOptions } from "./api.ts";
export { isLoopback } from "./guard.ts";
