import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { aheadOfPages } from "./scripts/ahead-of-pages.ts";

/** Small parts that several pages have. Not the graph, and not what brings dialogs along: they are loaded when they are shown. */
const SHARED = /web[\\/]src[\\/](?!features[\\/](?:graph|manage|log)[\\/])(?!.*(?:dialog|plan)[^\\/]*$)/;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind(), aheadOfPages()],
  // Our packages are taken as their sources, as everywhere in the workspace.
  resolve: { conditions: ["@millrace/source", "module", "browser"] },
  worker: { format: "es" },
  build: {
    // Nothing becomes a data: address: the policy of the page allows files of the server alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    // What is hashed by its content may be kept for ever.
    assetsDir: "assets",
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", ahead: "src/ahead.ts" },
      output: {
        codeSplitting: {
          // A file for each few modules would be thirty requests for one page, and they stand in one queue with what it shows.
          groups: [
            { name: "first", tags: ["$initial"], test: /^(?!.*src[\\/]ahead\.ts)/, priority: 2 },
            { name: "shared", test: SHARED, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
});
