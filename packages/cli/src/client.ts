/** The typed client of a server, for programs: `import { connect } from "millrace/client"`. */
export * from "@millrace/client";
