#!/usr/bin/env node
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type CodeCache, runCached } from './code-cache.ts';
import { asksVersion, readVersion } from './version.ts';

/** Made by scripts/build.mjs: a hash of the bundle's text. */
declare const bundleHash: string;

const args = process.argv.slice(2);
const { env } = process;

/** Those that read a project or load much; for any word at all there would be code of every mistyped one. */
const commands: ReadonlySet<string> = new Set(['apply', 'check', 'validate', 'list', 'run', 'trust']);

const codeCache = (): CodeCache | undefined => {
  const [command = ''] = args;
  if (!commands.has(command) || env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return undefined;
  const folder = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'syn-deploy');
  return { folder, text: bundleHash, use: `${command}-${process.arch}-${process.version}` };
};

if (asksVersion(args)) process.stdout.write(`syn-deploy ${readVersion()}\n`);
else {
  const path = join(import.meta.dirname, 'program.cjs');
  const { value, keep } = runCached(path, codeCache());
  process.once('exit', keep);
  const program = value as (require: NodeJS.Require, filename: string, dirname: string) => void;
  program(createRequire(path), path, import.meta.dirname);
}
