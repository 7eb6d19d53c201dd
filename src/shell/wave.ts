import type { Sh } from '../model/sh.ts';
import { epilogue, prologue } from './script.ts';
import { rawSh, sh } from './sh.ts';

/** A script that goes on on the host when the line to it is lost. */
export interface Wave {
  readonly nonce: string;
  /** sh for the folder that it lies in, in a folder of its own. */
  readonly folder: Sh;
  /** Of its own folder: hex digits that nobody can guess. */
  readonly name: string;
}

/** How much of its outputs has been read. Bytes. */
export interface Read {
  readonly stdout: number;
  readonly stderr: number;
}

/**
 * How long a wave that is done waits for its run, holding the lock (`lock.ts`), when the line is lost. Who wants the lock need not wait
 * for that.
 */
const longestFarewellS = 300;

/**
 * The guard of the script that a wave runs (`renderScript`): it may be stopped between two steps, and what its steps print has a bound,
 * since it is kept in memory (/run) until it has been read: a command that does not stop to print would take all there is, and nobody may be
 * there to see it. tail(1) reads what is printed nearly as fast as anything prints it.
 *
 * @param largestOutput  on both streams together, after which the wave is ended; bytes
 * @see relay for the files
 */
export const waveGuard = (largestOutput: number): Sh => sh`syn_wave=$1
goes_on() { [ ! -e "$syn_wave/stop" ]; }
tail -q -c +1 -f -s 0.2 --pid=$$ "$syn_wave/out" "$syn_wave/err" 2>/dev/null 9>&- | {
  head -c ${largestOutput} >/dev/null
  if kill -0 $$; then
    trap '' TERM
    kill -s TERM -- -$$
    sleep 0.2
    kill -s KILL -- -$$
  fi
} >/dev/null 2>&1 9>&- & syn_watch=$!`;

/** What comes between the steps of a wave and its look, which is ours, and prints what it has to. */
export const waveBetween: Sh = rawSh('kill "$syn_watch" 2>/dev/null');

/** What comes behind the script that a wave runs. */
export const waveEnd: Sh = sh`: >"$syn_wave/done"
syn_n=0
while [ "$syn_n" -lt ${longestFarewellS} ] && [ ! -e "\${syn_wave%/*}/wanted" ] && read -r syn_relay <"$syn_wave/relay" && ! kill -0 "$syn_relay"; do
  sleep 1
  syn_n=$((syn_n + 1))
done 2>/dev/null`;

/**
 * Hands on what a wave prints, and does what it is told, a word a line of standard input: `stop`: nothing more is begun; `end`: it is
 * ended at once; `bye`: all was read. When its input ends without a word, the line is lost, and the wave goes on. Who is asked to end by a
 * signal ends the wave as well. What a wave has printed goes with it, once nothing of it prints any longer: that may be all of its bound. A signal that comes
 * behind the word does not come between.
 *
 * The trap is set behind the tails: what is to be one of them, and is not yet, would keep it and not be ended.
 *
 * A tail(1) is told of new text by the kernel, and so nothing waits; where inotify(7) has no more to give, it looks five times a second. NOTE: what stands behind it in the same script has to be read by
 * the shell together with it, since it reads the words itself.
 */
const relay = ({ stdout, stderr }: Read): Sh => sh`{
  read -r syn_pid <"$syn_wave/pid"
  echo $$ >"$syn_wave/relay"
  mark relay; mark relay >&2
  tail -c +${stdout + 1} -f -s 0.2 --pid=$$ "$syn_wave/out" 2>/dev/null 9>&- & syn_out=$!
  tail -c +${stderr + 1} -f -s 0.2 --pid=$$ "$syn_wave/err" >&2 2>/dev/null 9>&- & syn_err=$!
  syn_end() {
    kill -s TERM -- "-$syn_pid" || return 0
    syn_n=0
    while kill -s 0 -- "-$syn_pid" && [ "$syn_n" -lt 20 ]; do sleep 0.1; syn_n=$((syn_n + 1)); done
  } 2>/dev/null
  trap 'syn_end; rm -rf "$syn_wave"; exit 143' TERM
  syn_bye=
  while read -r syn_word; do
    case $syn_word in
    stop) : >"$syn_wave/stop" ;;
    end) syn_end; syn_bye=1; break ;;
    *) syn_bye=1; break ;;
    esac
  done
  trap '' TERM
  kill -s KILL "$syn_out" "$syn_err" 2>/dev/null
  wait "$syn_out" "$syn_err" 2>/dev/null
  [ -z "$syn_bye" ] || rm -rf "$syn_wave"
  trap - TERM
}`;

/**
 * The text of an exec that puts a script on the host, starts it in a session of its own, and hands on what it prints.
 *
 * It is one `if`: a shell that has read half of it when the line is lost has done nothing. Nothing but the account can read the folder.
 *
 * Marks: `relay` on both streams, behind which comes the script's own output; `unwritten WHY`, when there is no room for it.
 *
 * @param guard   sh that defines `goes_on`
 * @param script  see `renderScript`, `waveGuard` and `waveEnd`
 */
export function* renderWave(
  { nonce, folder, name }: Wave,
  guard: Sh,
  script: Iterable<string>,
): Generator<string> {
  const end = `syn-deploy-${name}`;
  yield `${prologue(nonce).sh}
${guard.sh}
syn_wave=${folder.sh}/wave.${name}
if goes_on; then
if syn_why=$( { umask 077; mkdir -p ${folder.sh} && mkdir "$syn_wave" && : >"$syn_wave/out" && : >"$syn_wave/err" && cat >"$syn_wave/script"; } 2>&1 <<'${end}'
`;
  yield* script;
  yield `${end}
); then
setsid sh "$syn_wave/script" "$syn_wave" </dev/null >"$syn_wave/out" 2>"$syn_wave/err" & echo $! >"$syn_wave/pid"
${relay({ stdout: 0, stderr: 0 }).sh}
else
rm -rf "$syn_wave"
mark unwritten "$(printf %s "$syn_why" | tr -s '[:cntrl:]' ' ')"
${epilogue.sh}
fi
else
${epilogue.sh}
fi
`;
}

/**
 * The text of an exec that finds a wave again after the line was lost. Who listened to it before, on a line that may hang, is ended.
 *
 * Marks: `relay` as in `renderWave`; `gone`, when it is not there: it never came there, or the host was restarted.
 */
export const renderAttach = ({ nonce, folder, name }: Wave, read: Read): string => `${prologue(nonce).sh}
syn_wave=${folder.sh}/wave.${name}
syn_n=0
while [ -d "$syn_wave" ] && [ ! -s "$syn_wave/pid" ] && [ "$syn_n" -lt 5 ]; do sleep 1; syn_n=$((syn_n + 1)); done
if [ -s "$syn_wave/pid" ]; then
[ ! -s "$syn_wave/relay" ] || { read -r syn_relay <"$syn_wave/relay" && kill -s KILL "$syn_relay"; } 2>/dev/null
${relay(read).sh}
else
rm -rf "$syn_wave"
mark gone
${epilogue.sh}
fi
`;
