// #region server
import { defineConfig } from "millrace";

export default defineConfig({
  workers: 8,
  publicUrl: "https://millrace.example.com",
  server: { port: 8080, drain: "5m" },
});
// #endregion
