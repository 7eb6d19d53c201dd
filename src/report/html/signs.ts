import type { HostStatus } from '../../model/report.ts';
import { escapeHtml } from './escape.ts';
import type { FindingStatus } from './findings.ts';

/** Everything that has a sign of its own. */
export type Signed = FindingStatus | HostStatus;

/** A status as it is drawn: never by colour alone. */
interface Sign {
  readonly mark: string;
  readonly word: string;
  /** The letter for it in the data of the page. */
  readonly letter: string;
}

export const signs: Readonly<Record<Signed, Sign>> = {
  ok: { mark: '✓', word: 'ok', letter: 'o' },
  changed: { mark: '●', word: 'changed', letter: 'c' },
  drift: { mark: '≠', word: 'drift', letter: 'd' },
  failed: { mark: '✘', word: 'failed', letter: 'f' },
  unreachable: { mark: '⊘', word: 'unreachable', letter: 'u' },
  skipped: { mark: '–', word: 'skipped', letter: 's' },
  'not-attempted': { mark: '…', word: 'not attempted', letter: 'n' },
  orphaned: { mark: '◌', word: 'declared no more', letter: 'r' },
};

/** Mark and word, with a number before the word where there is one. */
export const renderSign = (status: Signed, count?: number): string => {
  const { mark, word } = signs[status];
  const text = count === undefined ? word : `${count} ${word}`;
  return `<span class="sign ${status}"><span aria-hidden="true">${mark}</span> ${escapeHtml(text)}</span>`;
};
