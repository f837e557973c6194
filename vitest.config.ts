import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{packages,apps,blueprints,tests,scripts,bench}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "**/.atoll/**", "template/**"],
    globalSetup: ["./vitest.global.ts"],
    // Files run in processes of their own: some start workers and kill them.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
