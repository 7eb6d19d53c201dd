import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Span } from '../../model/span.ts';
import { runOnTerminal } from '../../transport/run-here.ts';
import { AgeFailure, askAge, isAge, isArmoredAge, recipientKinds } from '../../workspace/age.ts';
import { createPrivateFile } from '../../workspace/private-file.ts';
import { openedByIdentity, type Sealer, seal } from '../../workspace/seal.ts';
import { type Opened, ProjectSecrets, type SecretKeys } from '../../workspace/secrets.ts';
import { writeWhole } from '../../workspace/write-whole.ts';
import { ask } from '../ask.ts';
import type { Flags } from '../dispatch.ts';
import { allWell, wrongInput } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { withPassphrases } from '../open-secrets.ts';
import { sealerOf } from '../sealer.ts';
import { readSecretKeys } from '../secret-keys.ts';
import { unknownChoice } from '../unknown-choice.ts';
import { UsageError } from '../usage-error.ts';

/** What the verbs of `secret` are given. */
interface Work {
  /** `-`: standard input and output. */
  readonly file: string;
  readonly flags: Flags;
  readonly io: Io;
  readonly keys: SecretKeys;
  readonly secrets: ProjectSecrets;
}

const noKeys: SecretKeys = { vaultPasswords: [], ageIdentities: [], lockedIdentities: [] };

const standard = '-';

const forWhom =
  'for whom? give --recipient age1…, --recipients-file FILE, --passphrase, or a password of ansible-vault';

const readAll = async (io: Io): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
};

const readBytes = async ({ file, io }: Work): Promise<Uint8Array> => {
  if (file === standard) return await readAll(io);
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, {
      cause: error,
    });
  }
};

const writeBytes = async ({ file, io }: Work, bytes: Uint8Array): Promise<void> => {
  if (file === standard) {
    io.stdout.write(bytes);
    return;
  }
  try {
    await writeWhole(file, bytes);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
};

const topOf = (file: string): Span => ({ file, line: 1, column: 1, offset: 0, length: 0 });

const openBytes = async ({ file, secrets, io }: Work, sealed: Uint8Array): Promise<Opened> => {
  if (!secrets.isSealed(sealed)) throw new UsageError(`${file} is not encrypted`);
  return await withPassphrases(secrets, io, () => secrets.openKnowing(sealed, topOf(file)));
};

const sealBytes = (bytes: Uint8Array, sealer: Sealer, isArmored: boolean): Uint8Array => {
  try {
    return seal(bytes, sealer, isArmored);
  } catch (error) {
    if (!(error instanceof AgeFailure)) throw error;
    throw new UsageError(`age cannot encrypt for this: ${error.message}`, { cause: error });
  }
};

const wantedSealer = async ({ flags, keys, io }: Work): Promise<Sealer> => {
  const sealer = await sealerOf(flags, keys, io);
  if (sealer === undefined) throw new UsageError(forWhom);
  return sealer;
};

const encrypt = async (work: Work): Promise<number> => {
  const sealer = await wantedSealer(work);
  const bytes = await readBytes(work);
  if (work.secrets.isSealed(bytes)) throw new UsageError(`${work.file} is encrypted already`);
  await writeBytes(work, sealBytes(bytes, sealer, work.flags['binary'] !== true));
  return allWell;
};

const decrypt = async (work: Work): Promise<number> => {
  await writeBytes(work, (await openBytes(work, await readBytes(work))).bytes);
  return allWell;
};

const view = async (work: Work): Promise<number> => {
  work.io.stdout.write((await openBytes(work, await readBytes(work))).bytes);
  return allWell;
};

/**
 * For whom the file is to be once it was edited: as the options say, else for those whom it was for. age's files do not say who
 * their recipients are, so that of several none is guessed: somebody would lose it.
 */
const sealerAgain = async (work: Work, sealed: Uint8Array, { sealer }: Opened): Promise<Sealer> => {
  const given = await sealerOf(work.flags, work.keys, work.io);
  if (given !== undefined && (given.kind !== 'vault' || sealer?.kind !== 'vault')) return given;
  if (sealer !== undefined) return sealer;
  const one =
    recipientKinds(sealed).length === 1 ? openedByIdentity(sealed, work.secrets.identities) : undefined;
  if (one === undefined)
    throw new UsageError(
      `${work.file} is for several recipients, and age does not tell who they are: name all with --recipient or --recipients-file`,
    );
  return { kind: 'recipients', recipients: [askAge('recipientOf', { identity: one.identity })] };
};

const editorOf = (env: Io['env']): string =>
  ['VISUAL', 'EDITOR'].map((name) => env[name]).find((value) => value !== undefined && value !== '') ?? 'vi';

/** @returns what the editor left; undefined when it failed */
const editBytes = async ({ file, io }: Work, bytes: Uint8Array): Promise<Uint8Array | undefined> => {
  using draft = createPrivateFile(file, bytes, io.env['XDG_RUNTIME_DIR']);
  // Ctrl-C is the editor's as long as it runs.
  const release = io.onInterrupt(() => {});
  try {
    const editor = editorOf(io.env);
    // What stands in EDITOR may have arguments (code --wait).
    const status = await runOnTerminal('/bin/sh', ['-c', `${editor} "$1"`, 'sh', draft.path]);
    if (status === 0) return readFileSync(draft.path);
    io.stderr.write(
      `syn-deploy: the editor (${editor}) ended with ${status === null ? 'a signal' : `status ${status}`}; nothing was changed\n`,
    );
    return undefined;
  } finally {
    release();
  }
};

const edit = async (work: Work): Promise<number> => {
  const { file, io } = work;
  if (file === standard) throw new UsageError('edit wants a file');
  const isNew = !existsSync(file);
  const sealed = isNew ? new Uint8Array() : await readBytes(work);
  const opened = isNew ? undefined : await openBytes(work, sealed);
  // Before the editor: what was typed is not to be lost for want of a recipient.
  const sealer = opened === undefined ? await wantedSealer(work) : await sealerAgain(work, sealed, opened);
  const before = opened?.bytes ?? new Uint8Array();
  const after = await editBytes(work, before);
  if (after === undefined) return wrongInput;
  if (Buffer.compare(before, after) === 0) {
    io.stderr.write('nothing was changed\n');
    return allWell;
  }
  const isArmored = isNew ? work.flags['binary'] !== true : !isAge(sealed) || isArmoredAge(sealed);
  await writeBytes(work, sealBytes(after, sealer, isArmored));
  return allWell;
};

/** The value, typed unseen or from standard input without its last line break. */
const readValue = async (name: string, io: Io): Promise<string> => {
  if (io.stdin.isTTY === true)
    return await ask(`Value of ${name === standard ? 'the secret' : name}`, io, { hidden: true });
  return Buffer.from(await readAll(io))
    .toString()
    .replace(/\r?\n$/, '');
};

/** `secret encrypt-string NAME`: a line of YAML. */
const encryptString = async (work: Work): Promise<number> => {
  const { file: name, io } = work;
  if (name !== standard && !/^[A-Za-z_]\w*$/.test(name))
    throw new UsageError(`encrypt-string wants the name of a variable; found "${name}"`);
  const sealer = await wantedSealer(work);
  const value = await readValue(name, io);
  if (value === '') throw new UsageError('the value is empty');
  const sealed = new TextDecoder().decode(sealBytes(new TextEncoder().encode(value), sealer, true));
  const block = sealed
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}\n`);
  const tag = sealer.kind === 'vault' ? '!vault' : '!age';
  io.stdout.write(`${name === standard ? '' : `${name}: `}${tag} |\n${block.join('')}`);
  return allWell;
};

/** `secret keygen FILE`: an identity of age. */
const keygen = async ({ file, io }: Work): Promise<number> => {
  const { identity, recipient } = askAge('generate', undefined);
  const text = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`;
  if (file === standard) io.stdout.write(text);
  else
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new UsageError(`cannot write ${file}: ${code === 'EEXIST' ? 'it is there already' : message}`, {
        cause: error,
      });
    }
  io.stderr.write(`public key: ${recipient}\n`);
  return allWell;
};

const verbs: Readonly<Record<string, (work: Work) => Promise<number>>> = {
  encrypt,
  decrypt,
  view,
  edit,
  'encrypt-string': encryptString,
  keygen,
};

/** `secret`: encrypts, opens and edits files. @returns the exit status. @throws UsageError, DiagnosticError */
export const secret = async (verb: string, file: string, flags: Flags, io: Io): Promise<number> => {
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (run === undefined) throw unknownChoice('the verb of secret', verb, Object.keys(verbs));
  const keys = verb === 'keygen' ? noKeys : await readSecretKeys(flags, io);
  const secrets = new ProjectSecrets(keys, { hide: () => {}, canAsk: io.stdin.isTTY === true });
  return await run({ file, flags, io, keys, secrets });
};
