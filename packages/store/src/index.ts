export { type DatabaseInfo, databaseInfo } from "./sqlite/database-info.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite/open.ts";
