import { defineConfig } from "vitest/config";

// What takes minutes by itself stands in `*.long.test.ts` and has a command of its own, `npm run test:long`.
const isLong = process.env.ATOLL_TESTS === "long";

export default defineConfig({
  test: {
    include: [`{packages,apps,blueprints,tests,scripts,bench}/**/*.${isLong ? "long." : ""}test.{ts,tsx}`],
    exclude: ["**/node_modules/**", "**/.atoll/**", "template/**", ...(isLong ? [] : ["**/*.long.test.ts"])],
    globalSetup: ["./vitest.global.ts"],
    // Files run in processes of their own: some start workers and kill them.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is polled for comes or does not; how soon depends on the machine.
    expect: { poll: { timeout: 20_000 } },
  },
});
