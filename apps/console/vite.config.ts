import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // Where a hub runs already: `npm start`, then `npx vite` in this folder.
  server: { proxy: { "/api": process.env.ATOLL_URL ?? "http://localhost:4400" } },
  build: { target: "es2023", chunkSizeWarningLimit: 1500 },
});
