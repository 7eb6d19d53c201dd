import { interrupted } from './exit-status.ts';
import { main } from './main.ts';

/** Signals that come closer together than this are one: npx and its like pass on what the terminal has sent already. */
const oneSignalMs = 500;

const { stdin, stdout, stderr, env, argv } = process;
for (const stream of [stdout, stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Who read it has had enough (`| head`). What is left to say is for nobody; hosts are still brought to where they are to be.
    if (error.code !== 'EPIPE') throw error;
  });
/** A rejection is a bug of main itself: Node shows it, and exits with 1. */
void main(argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  onInterrupt(listener, most = 1) {
    let last = Number.NEGATIVE_INFINITY;
    let count = 0;
    const onSignal = (): void => {
      const before = last;
      last = performance.now();
      if (last - before < oneSignalMs) return;
      count += 1;
      // Each asks for a faster end than the one before; who cannot wait for the last asks again.
      if (count > most) process.exit(interrupted);
      listener();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    return () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    };
  },
}).then((status) => {
  process.exitCode = status;
});
