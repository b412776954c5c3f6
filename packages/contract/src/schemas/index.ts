/** The schemas of all routes: what checks requests, and what the OpenAPI document is made of. Needs zod. */

export { openApiDocument } from "./open-api.ts";
export { type RouteSchemas, SCHEMAS, schemasOf } from "./schemas.ts";
export { Problem } from "./value-schemas.ts";
