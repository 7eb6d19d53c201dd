import type { ProjectFiles } from '../model/project.ts';
import { secretsInText } from '../util/secrets-in-text.ts';
import { secretsInValue } from '../util/secrets-in-value.ts';
import { type ParsedYaml, parseYaml } from './yaml.ts';

/**
 * As `parseYaml`, for a file of the project: encrypted values in it are opened, and where the file as a whole is encrypted,
 * all its values are hidden from then on.
 *
 * @param text  as `files` has it
 */
export const parseProjectYaml = (text: string, path: string, files: ProjectFiles): ParsedYaml => {
  const { secrets } = files;
  const parsed = parseYaml(text, path, secrets);
  if (secrets === undefined || files.isSealed?.(path) !== true) return parsed;
  const { located } = parsed;
  // Messages about a syntax that is wrong may quote it.
  const found = located === undefined ? secretsInText(text) : secretsInValue(located.value);
  for (const secret of found) secrets.hide(secret);
  return parsed;
};
