#!/usr/bin/env node
import { interrupted } from './exit-status.ts';
import { main } from './main.ts';

const { stdin, stdout, stderr, env, argv } = process;
process.exitCode = await main(argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  onInterrupt(listener) {
    let count = 0;
    const onSignal = (): void => {
      count += 1;
      // The first one lets hosts and reports come to an end; who cannot wait asks again.
      if (count > 1) process.exit(interrupted);
      listener();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    return () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    };
  },
});
