import { Unreachable } from '../model/transport.ts';
import { type Lock, takeLock } from '../shell/lock.ts';
import { renderScript } from '../shell/script.ts';
import { renderAttach, renderWave, type Wave, waveBetween, waveEnd, waveGuard } from '../shell/wave.ts';
import { isLost, type Line } from './line.ts';
import { outputBounds } from './script-reader.ts';
import { broken, type ScriptRun } from './script-run.ts';
import { createWaveReader } from './wave-reader.ts';

/** More than the reader takes, with room for the marks: it is the reader that says what was too much. Bytes. */
const largestWaveOutput = outputBounds.actions + 2 * outputBounds.stray;

const goesOn = 'run it again, and it goes on from what it finds';

/**
 * The script as a wave, which goes on when the line is lost, and is found again by the next one.
 *
 * @returns false when there is no room for it on the host: nothing was done
 */
export const runWave = async <T>(
  { wanted, steps, nonce, reader, onRemark, onHeard, signal, options }: ScriptRun<T>,
  line: Line,
  lock: Lock,
): Promise<boolean> => {
  let isWritten = true;
  let isGone = false;
  const relay = createWaveReader(reader, (remark, text) => {
    if (remark === 'unwritten') isWritten = false;
    else if (remark === 'gone') isGone = true;
    else onRemark(remark, text);
  });
  const wave: Wave = { nonce: options.nonce(), folder: lock.folder, name: options.nonce() };
  const script = (): Iterable<string> =>
    (function* () {
      yield* renderScript(nonce, steps, wanted.sections(), waveGuard(largestWaveOutput), waveBetween);
      yield `${waveEnd.sh}\n`;
    })();
  const onStop = (): void => relay.say('stop');
  const onEnd = (): void => relay.say('end');
  options.stop?.addEventListener('abort', onStop, { once: true });
  signal.addEventListener('abort', onEnd, { once: true });
  if (options.stop?.aborted === true) onStop();
  try {
    for (let isSent = false; ; isSent = true) {
      const heard = { ...wave, nonce: options.nonce() };
      relay.begin(heard.nonce);
      try {
        const end = await line.exec({
          script: isSent ? [renderAttach(heard, relay.read())] : renderWave(heard, takeLock(lock), script()),
          become: options.become,
          onStdout(chunk) {
            onHeard();
            relay.onStdout(chunk);
          },
          onStderr: relay.onStderr,
          isOver: relay.isOver,
          onStarted: relay.onStarted,
          signal,
        });
        if (isGone && relay.hasBegun())
          throw new Unreachable(
            'lost',
            'what was running on the host is not there any more: it was restarted',
            goesOn,
          );
        if (isGone) onRemark('stale', '');
        else if (isWritten && !relay.isOver()) throw broken(end, relay.strayText());
        return isWritten;
      } catch (error) {
        if (!isLost(error) || isGone) throw error;
        await line.renew(error);
      }
    }
  } finally {
    options.stop?.removeEventListener('abort', onStop);
    signal.removeEventListener('abort', onEnd);
  }
};
