import { defineConfig } from "vitest/config";
import { Skips } from "./test/support/skips.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/golden/**", "**/node_modules/**"],
    // Real terraform and child processes: the limit catches a hang, it measures nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make each other slow.
    maxWorkers: 2,
    reporters: ["default", new Skips()],
  },
});
