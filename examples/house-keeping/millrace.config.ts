import { defineConfig } from "millrace";

export default defineConfig({
  // The backup server stands two deletions at once.
  pools: { "backup-server": 2 },
});
