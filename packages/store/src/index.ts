export { type DatabaseAddress, describeAddress, parseDatabaseUrl } from "./database-address.ts";
export { databaseClockSkew } from "./database-clock.ts";
export { findMissingMigrations } from "./missing-migrations.ts";
export { openStore, type StoreOptions } from "./open-store.ts";
export { type DatabaseInfo, databaseInfo } from "./sqlite/database-info.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite/open.ts";
export { exportStore, importStore } from "./transfer.ts";
