import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind()],
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
  },
});
