import { defineConfig, duckdb, env, postgres, sqlite } from "millrace";

export default defineConfig({
  connections: {
    warehouse: duckdb({ path: "data/warehouse.duckdb" }), // npm install @duckdb/node-api
    local: sqlite({ path: "data/shop.db" }), // built into Node
    shop: postgres({ url: env("SHOP_DB_URL") }),
  },
  pools: { "shop-api": 4 },
});
