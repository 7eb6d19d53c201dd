import { DiagnosticError } from '../model/diagnostic.ts';
import type { Variables } from '../model/located.ts';
import type { Play, Prompt } from '../model/play.ts';
import { unknown } from '../model/unknown.ts';
import { createScope, templatedVariables, variables } from '../template/scope.ts';
import { ask } from './ask.ts';
import type { Io } from './io.ts';

/** Gives the plays the answers to their `vars_prompt`. */
export type AnswerPrompts = (plays: readonly Play[], extraVars: Variables) => Promise<readonly Play[]>;

interface Answer {
  readonly prompt: Prompt;
  readonly value: unknown;
}

/** A text with quotes or braces that was typed is a template only where the default is: as written in the playbook. */
const layerOf = (answers: readonly Answer[], isUnsafe: boolean): Variables => {
  const mine = answers.filter(({ prompt }) => prompt.isUnsafe === isUnsafe);
  const values = Object.fromEntries(mine.map(({ prompt, value }) => [prompt.name, value]));
  const place = (name: string) => mine.find(({ prompt }) => prompt.name === name)?.prompt.span;
  return (isUnsafe ? variables : templatedVariables)('vars_prompt', values, place);
};

/** Stronger than the play's `vars`, weaker than its files of variables: as Ansible has it. */
const withAnswers = (play: Play, answers: readonly Answer[]): Play => ({
  ...play,
  varsFiles: [layerOf(answers, false), layerOf(answers, true), ...play.varsFiles],
});

/** What is asked of a play: what `-e` gives is not. */
const promptsOf = ({ prompts = [] }: Play, extraVars: Variables): readonly Prompt[] =>
  prompts.filter(({ name }) => !Object.hasOwn(extraVars.values, name));

const noAnswer = (name: string, span: Prompt['span']): DiagnosticError =>
  new DiagnosticError([
    {
      severity: 'error',
      code: 'no-answer',
      message: `the variable "${name}" is asked for, and standard input is no terminal`,
      span,
      hint: `give it with -e "${name}=…" or -e @FILE, or give it a default`,
    },
  ]);

const questionOf = (prompt: Prompt, text: string, preset: string | undefined): string => {
  if (preset === undefined) return text;
  return prompt.isPrivate ? `${text} [empty: as it is set]` : `${text} [${preset}]`;
};

const askOne = async (prompt: Prompt, play: Play, extraVars: Variables, io: Io): Promise<string> => {
  const scope = createScope([play.vars, extraVars]);
  const render = (text: string): string => String(scope.render(text));
  const preset = prompt.preset === undefined ? undefined : render(prompt.preset.text);
  if (io.stdin.isTTY !== true) {
    if (preset === undefined) throw noAnswer(prompt.name, prompt.span);
    return preset;
  }
  // What is asked after is told without its colon: one is put there.
  const text = render(prompt.prompt?.text ?? prompt.name).replace(/\s*:\s*$/, '');
  const question = questionOf(prompt, text, preset);
  const options = { hidden: prompt.isPrivate };
  for (;;) {
    const answer = await ask(question, io, options);
    if (!prompt.confirm || answer === (await ask(`confirm ${text}`, io, options)))
      return answer === '' ? (preset ?? '') : answer;
    io.stderr.write('the two are not the same\n');
  }
};

/**
 * Asks on the terminal, in the order of the plays, before any host is contacted. Without a terminal the default is taken.
 * Answers that are private are secrets.
 *
 * @returns throws DiagnosticError where there is neither; UsageError, Interrupted
 */
export const askPrompts =
  (io: Io): AnswerPrompts =>
  async (plays, extraVars) => {
    const answered: Play[] = [];
    for (const play of plays) {
      const answers: Answer[] = [];
      for (const prompt of promptsOf(play, extraVars)) {
        const value = await askOne(prompt, play, extraVars, io);
        if (prompt.isPrivate) io.mask?.add(value);
        answers.push({ prompt, value });
      }
      answered.push(answers.length === 0 ? play : withAnswers(play, answers));
    }
    return answered;
  };

/** For commands that contact nobody: nothing is asked, defaults are taken, and what has none stays unknown. */
export const leavePrompts: AnswerPrompts = async (plays, extraVars) =>
  plays.map((play) => {
    const answers = promptsOf(play, extraVars).map(
      (prompt): Answer => ({
        prompt: { ...prompt, isUnsafe: prompt.preset === undefined },
        value: prompt.preset?.text ?? unknown(`the answer to "${prompt.name}"`),
      }),
    );
    return answers.length === 0 ? play : withAnswers(play, answers);
  });
