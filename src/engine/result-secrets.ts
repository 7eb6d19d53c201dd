import { isUnknown } from '../model/unknown.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import { secretsInText } from '../util/secrets-in-text.ts';
import { utf8Text } from '../util/utf8-text.ts';
import type { Registered } from './results.ts';

/** Parts of a result that hold what was secret about it: what was printed, what a file held, what variables were set to. */
const tellingKeys = ['content', 'stdout', 'stderr', 'ansible_facts'] as const;

const secretsInPart = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return secretsInText(value);
  if (isUnknown(value)) return [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsInPart) : [];
};

/**
 * What must not be shown of the result of a task with `no_log`, wherever it turns up later: in another task, or on a host that
 * reads it from this one. Words that any report is full of, and paths, are not among it.
 */
export const secretsInResult = (result: Registered): readonly string[] => {
  const parts = tellingKeys.flatMap((key) => secretsInPart(result[key]));
  const content = result['encoding'] === 'base64' ? result['content'] : undefined;
  const text = typeof content === 'string' ? utf8Text(bytesOfBase64(content)) : undefined;
  return text === undefined ? parts : [...parts, ...secretsInText(text)];
};
