import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Before the containers and not beside them: groups of other maxWorkers may not share an order, and fast failures first.
          sequence: { groupOrder: 0 },
          include: ['test/**/*.test.ts'],
          exclude: ['test/containers/**'],
          // Some run a real sh, or scrypt, on a busy machine. The bound only ends a hang.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'containers',
          sequence: { groupOrder: 1 },
          include: ['test/containers/**/*.test.ts'],
          globalSetup: ['test/containers/support/build.ts'],
          // A container that installs Synapse from the network takes minutes; the bound only ends a hang.
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
    ],
  },
});
