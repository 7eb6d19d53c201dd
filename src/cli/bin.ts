#!/usr/bin/env node
import { main } from './main.ts';

const { stdin, stdout, stderr, env, argv } = process;
process.exitCode = await main(argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  onInterrupt(listener) {
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
    return () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    };
  },
});
