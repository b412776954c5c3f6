import type { z } from "zod";
import type { RouteName } from "./routes/index.ts";
import type { SCHEMAS } from "./schemas/schemas.ts";

type Schemas = typeof SCHEMAS;
type In<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What a caller sends. */
export interface RouteInput<Name extends RouteName> {
  readonly params: In<Schemas[Name]["params"]>;
  readonly query: In<Schemas[Name]["query"]>;
  readonly body: In<Schemas[Name]["body"]>;
}

/** What the server has of it, checked and completed. */
export interface RouteRequest<Name extends RouteName> {
  readonly params: Out<Schemas[Name]["params"]>;
  readonly query: Out<Schemas[Name]["query"]>;
  readonly body: Out<Schemas[Name]["body"]>;
}

/** What comes back; of a stream, the data of each event. */
export type RouteOutput<Name extends RouteName> = Out<Schemas[Name]["response"]>;
