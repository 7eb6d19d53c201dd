import { debconfAnswer } from '../facts/debconf-answers.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';
import { sha256 } from '../util/sha256.ts';

export interface DebconfAnswer {
  /** The package that asks. */
  readonly owner: string;
  /** Packages known to ask it before. */
  readonly owners: readonly string[];
  readonly question: string;
  /** `string`, `boolean`, `select`, `password`, … */
  readonly type: string;
  /** One line. */
  readonly value: string;
  /** The answer before, for the summary; undefined: none, or not to be shown. */
  readonly before: string | undefined;
  readonly secret: boolean;
  /** Leave the question to be asked nevertheless. */
  readonly unseen: boolean;
}

const summaryOf = ({ question, value, before, secret }: DebconfAnswer): string => {
  if (secret) return `answer to ${question} set`;
  return before === undefined ? `${question}: ${value}` : `${question}: ${before} -> ${value}`;
};

/** Answers a question of a package before it asks. */
export const answerDebconf = (answer: DebconfAnswer): Action => {
  const { owner, owners, question, type, value, secret, unseen } = answer;
  return {
    kind: 'answer-debconf',
    summary: `answer ${question}`,
    changes: [{ summary: summaryOf(answer) }],
    sh: sh`printf '%s %s %s %s\n' ${owner} ${question} ${type} ${value} | debconf-set-selections ${unseen ? ['-u'] : []}`,
    predicts: [
      {
        key: debconfAnswer(question, secret),
        value: {
          value: secret ? undefined : value,
          valueSha256: secret ? sha256(value) : '',
          owners: [...new Set([...owners, owner])],
          seen: !unseen,
        },
      },
    ],
  };
};
