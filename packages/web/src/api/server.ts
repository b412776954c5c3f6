import { connect } from "@millrace/client";

/** The server that this page came from. */
export const server = connect({ url: location.origin });
