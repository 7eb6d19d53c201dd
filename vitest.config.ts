import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/containers/**'],
          // Some run a real sh; beside the containers on two cores that may take a while. The bound only ends a hang.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'containers',
          include: ['test/containers/**/*.test.ts'],
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
