import { defineConfig, duckdb } from "millrace";

export default defineConfig({
  connections: {
    warehouse: duckdb({ path: "out/warehouse.duckdb" }),
  },
});
