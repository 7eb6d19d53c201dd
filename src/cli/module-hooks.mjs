// Hooks of Node's loader for modules of a project's own (own-modules.ts), in a file of their own because Node before 22.15 runs
// hooks in a thread apart. Bundled with what cuts types out of TypeScript, which Node before 22.18 does not do itself.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

let ours = '';

export const initialize = ({ url }) => {
  ours = url;
};

export const resolve = (specifier, context, next) =>
  specifier === 'syn-deploy' ? { url: ours, shortCircuit: true } : next(specifier, context);

/** `?own`: the file of a module itself, which is an ES module whatever a package.json says. */
export const load = async (url, context, next) => {
  const isTypeScript = /^file:[^?]*\.m?ts(?:\?own)?$/.test(url);
  if (!isTypeScript && !url.endsWith('?own')) return await next(url, context);
  const path = fileURLToPath(url.replace(/\?own$/, ''));
  const text = await readFile(path, 'utf8');
  if (!isTypeScript) return { format: 'module', source: text, shortCircuit: true };
  const { transform } = await import('sucrase');
  const { code } = transform(text, {
    transforms: ['typescript'],
    disableESTransforms: true,
    filePath: path,
  });
  return { format: 'module', source: code, shortCircuit: true };
};
