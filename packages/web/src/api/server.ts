import { connect } from "@millrace/client";
import { fetchOrTake } from "./asked-ahead.ts";

/** The server that this page came from. */
export const server = connect({ url: location.origin, fetch: fetchOrTake });
