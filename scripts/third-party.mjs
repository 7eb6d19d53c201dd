// What of other people's is in dist/, under which licence: for the notice that is shipped, for the test of it, and for audit.mjs.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './set-up.mjs';

/** The folder of the package that a file is of, the innermost where packages have packages of their own; undefined for ours. */
const folderOf = (file) => /^.*(?:^|[\\/])node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];

const read = (folder) => {
  const {
    name,
    version,
    license,
    licenses = [],
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return { name, version, licence: license ?? licenses[0]?.type ?? 'unknown', text };
};

/**
 * The packages that files were taken from, by name.
 *
 * @param inputs  files, relative to the root, as esbuild's metafile has them. node_modules may be a link to elsewhere.
 * @throws Error when there are none: who looks in the wrong place finds nothing to be wrong
 */
export const thirdPartyOf = (inputs) => {
  const folders = new Set(inputs.flatMap((file) => folderOf(resolve(root, file)) ?? []));
  if (folders.size === 0) throw new Error('no file of the bundle is of a package: where is node_modules?');
  return [...folders]
    .map(read)
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
};

const line = '-'.repeat(80);

/** The text that is shipped: a head `NAME VERSION: LICENCE` and the licence's text for each. */
export const renderNotice = (packages) =>
  packages
    .map(({ name, version, licence, text }) => `${name} ${version}: ${licence}\n\n${text}\n`)
    .join(`\n${line}\n\n`);

/** The names of the packages in a notice. */
export const namesIn = (notice) => notice.split(`\n${line}\n\n`).map((part) => part.split(' ', 1)[0]);
