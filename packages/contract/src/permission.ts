export type { Permission } from "@millrace/core";
