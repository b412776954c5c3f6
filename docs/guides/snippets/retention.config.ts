import { defineConfig } from "millrace";

export default defineConfig({
  retention: {
    maxAge: "90d",
    maxRuns: 10_000,
    keepFailed: "180d",
    flows: { heartbeat: { maxAge: "1d", maxRuns: 100 } },
  },
});
