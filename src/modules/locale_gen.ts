import { z } from 'zod';
import { generateLocales } from '../actions/generate-locales.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { type LocaleFact, locale } from '../facts/locales.ts';
import { program } from '../facts/programs.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { linesOf, textAt } from './files/edit-file.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { text } from './params/text.ts';
import { needProgram } from './system/need-program.ts';

const localeName = () =>
  text().refine((name) => /^[A-Za-z0-9_.@-]+$/.test(name), {
    error: 'expected a locale such as de_CH.UTF-8',
  });

const params = z.strictObject({
  name: z
    .union([z.array(localeName()).min(1), localeName().transform((name) => [name])], {
      error: 'expected a locale such as de_CH.UTF-8, or a list of them',
    })
    .describe('The locales.'),
  state: z
    .enum(['present', 'absent'], { error: 'expected present or absent' })
    .default('present')
    .describe('Whether programs can use them.'),
});

type LocaleTask = z.infer<typeof params>;

const path = '/etc/locale.gen';

/** These are part of the C library: nothing makes them, and nothing takes them away. */
const isBuiltIn = (name: string): boolean => /^(?:C|POSIX|C\.(?:UTF-8|utf8))$/i.test(name);

/** The line of a locale, as a comment or not. */
const lineOf = (name: string): RegExp =>
  new RegExp(`^(#?)[ \\t]*(${name.replaceAll(/[.@-]/g, '\\$&')}[ \\t]+\\S+)[ \\t]*$`);

/** Takes the comment sign away from the line of the locale, or adds a line; or makes it a comment. */
const editOne = (lines: readonly string[], name: string, charset: string, isPresent: boolean): string[] => {
  const pattern = lineOf(name);
  const isThere = lines.some((line) => pattern.exec(line.trimEnd())?.[1] === '');
  if (isPresent === isThere) return [...lines];
  if (!isPresent)
    return lines.map((line) => (pattern.test(line.trimEnd()) && !line.startsWith('#') ? `# ${line}` : line));
  const at = lines.findIndex((line) => pattern.test(line.trimEnd()));
  const match = pattern.exec((lines[at] ?? '').trimEnd());
  if (match !== null) return lines.with(at, `${match[2]}\n`);
  const joint = lines.length > 0 && !(lines.at(-1) ?? '').endsWith('\n') ? '\n' : '';
  return [...lines, `${joint}${name} ${charset}\n`];
};

const factOf = (name: string, facts: Facts): LocaleFact => {
  const fact = facts.get(locale(name));
  if (fact === absent)
    throw new TaskFailure(
      `the host knows no locale ${name}: /usr/share/i18n/SUPPORTED has the names, and de_CH and de_CH.UTF-8 are two`,
    );
  return fact;
};

const plan = (task: LocaleTask, facts: Facts, context: TaskContext): TaskPlan => {
  const isPresent = task.state === 'present';
  const result = { name: task.name, state: task.state };
  const builtIn = task.name.filter(isBuiltIn);
  if (!isPresent && builtIn.length > 0)
    throw new TaskFailure(`${builtIn.join(', ')} is part of the C library and cannot be removed`);
  const names = task.name.filter((name) => !isBuiltIn(name));
  const place = resolvePlace(facts, path);
  const before = textAt(facts, place);
  if (names.length === 0) return { actions: [], result };
  if (before === undefined) {
    if (!isPresent && names.every((name) => facts.get(locale(name)) === absent))
      return { actions: [], result };
    throw new TaskFailure(
      `there is no ${path} on the host: the package locales brings it, so install that before`,
    );
  }
  const known = names.map((name) => [name, factOf(name, facts)] as const);
  const after = known
    .reduce(
      (lines, [name, { charset }]) => editOne(lines, name, charset ?? 'UTF-8', isPresent),
      linesOf(before),
    )
    .join('');
  const changed = known.filter(([, { isGenerated }]) => isGenerated !== isPresent);
  const written = rewriteText(facts, place, after, context);
  if (changed.length === 0) return { actions: written, result };
  needProgram(facts, 'locale-gen', 'locales');
  const generated = new Map(changed.map(([name, fact]) => [name, { ...fact, isGenerated: isPresent }]));
  return { actions: [...written, generateLocales(generated, isPresent)], result };
};

/** Locales of the host. */
export const localeGen = defineModule({
  name: 'locale_gen',
  summary: 'Generates locales, as /etc/locale.gen names them.',
  examples: `
- locale_gen:
    name: de_CH.UTF-8
- locale_gen:
    name:
      - en_GB.UTF-8
      - nl_NL.UTF-8
    state: present
`,
  params,
  facts: ({ name }) => [
    ...name.filter((one) => !isBuiltIn(one)).map(locale),
    file(path),
    content(path),
    program('locale-gen'),
  ],
  plan,
  claims: ({ name, state }) =>
    state === 'absent' ? [] : [{ key: file(path), wanted: { name, state }, prunable: false }],
});
