import { posix } from 'node:path';
import type { Variables } from '../model/located.ts';
import type { Entry, Handler, Inherited, Meta, Play, Source } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { didYouMean, didYouMeanOr, nearestName } from '../util/nearest-name.ts';
import { describe } from './describe.ts';
import { readEntries } from './entries.ts';
import type { Fields } from './fields.ts';
import { warnOfIdle } from './idle-keywords.ts';
import { foldInherited } from './inherited.ts';
import { playIdle, playKeywords, playNotYet } from './keywords.ts';
import { allHandlers, checkHandlerNames, checkNotifications } from './notifications.ts';
import { readPrompts } from './prompts.ts';
import { readCompat, readRoleUse } from './role.ts';
import { nothingInherited, type PlayDraft, type Project, type Scope } from './scope.ts';
import { readSerial } from './serial.ts';
import { mergeVariables, noVariables, readVariables } from './variables.ts';
import { readLateVarsFiles, readVarsFiles } from './vars-files.ts';

/** What an `import_playbook` gives the plays that it brings. */
export interface PlayContext {
  readonly inherited: Inherited;
  readonly vars: readonly Variables[];
  readonly via: readonly string[];
}

const checkKeys = (fields: Fields): void => {
  warnOfIdle(fields, playIdle);
  for (const key of fields.keys) {
    if (playNotYet.has(key))
      fields.problems.notYet(`"${key}" at a play`, fields.keySpan(key), playNotYet.get(key));
    else if (!playKeywords.has(key) && !playIdle.has(key))
      fields.problems.error('unknown-key', `unknown key "${key}" in a play`, fields.keySpan(key), {
        hint: didYouMeanOr(
          nearestName(key, playKeywords),
          `a play takes: ${[...playKeywords].sort().join(', ')}`,
        ),
      });
  }
};

const readHosts = (fields: Fields): Source | undefined => {
  if (!fields.has('hosts')) {
    fields.problems.error('missing-hosts', 'a play without "hosts"', fields.mapping.span, {
      hint: 'name hosts or groups of the inventory, or "all"',
    });
    return undefined;
  }
  const names = fields.sources('hosts');
  const text = names.map((name) => name.text).join(',');
  if (text.trim() === '') fields.wrong('hosts', 'a pattern of hosts');
  return names.length === 1 ? names[0] : { text, span: fields.at('hosts').span };
};

const orders = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'];
const strategies = ['linear', 'free', 'host_pinned'];

/** Hosts are worked on side by side, so that order and strategy have nothing to say here; a wrong word is still wrong. */
const checkWord = (fields: Fields, key: string, known: readonly string[]): void => {
  const word = fields.text(key)?.replace('ansible.builtin.', '');
  if (word === undefined || known.includes(word)) return;
  fields.problems.error(
    'bad-value',
    `"${key}" must be one of ${known.join(', ')}; found ${describe(word)}`,
    fields.at(key).span,
    { hint: didYouMean(nearestName(word, known)) },
  );
};

/** The handlers' turn between the sections of a play. It comes whatever tags are asked for. */
const flushAfter = (section: string, fields: Fields, via: readonly string[]): Meta => {
  const { span } = fields.mapping;
  const id = [`${renderPlace(span)} after ${section}`, ...via].join(' <- ');
  return { type: 'meta', id, action: 'flush_handlers', span, ...nothingInherited, tags: ['always'] };
};

const readRoles = (fields: Fields, scope: Scope): readonly Entry[] => {
  if (!fields.has('roles')) return [];
  return fields.items('roles').flatMap((item) => readRoleUse(item, scope));
};

const readSections = (fields: Fields, scope: Scope): readonly Entry[] => {
  const section = (key: string): readonly Entry[] =>
    fields.has(key) ? readEntries(fields.at(key), scope) : [];
  const included = readLateVarsFiles(fields, scope);
  const before = section('pre_tasks');
  const own = [...readRoles(fields, scope), ...section('tasks')];
  const after = section('post_tasks');
  return [
    ...included,
    ...before,
    ...(before.length > 0 ? [flushAfter('pre_tasks', fields, scope.via)] : []),
    ...own,
    ...(after.length > 0 && own.length > 0 ? [flushAfter('tasks', fields, scope.via)] : []),
    ...after,
  ];
};

const newDraft = (fields: Fields): PlayDraft => ({
  truthy: readCompat(fields) ?? false,
  here: { mayMakeFiles: false },
  roles: [],
  roleHandlers: new Map(),
  handlers: [],
  notifications: [],
  usedRoles: new Set(),
  late: { handlers: undefined, areExpected: false },
});

const readVars = (fields: Fields, context: PlayContext): Variables => {
  const own = fields.has('vars')
    ? readVariables(fields.at('vars'), 'play vars', fields.problems)
    : noVariables('play vars');
  return context.vars.length === 0 ? own : mergeVariables([own, ...context.vars], 'play vars');
};

/** Keywords that every task of the play inherits; its `vars` are the play's own and weaker. */
const inheritedBy = (fields: Fields, context: PlayContext): Inherited => ({
  ...foldInherited(context.inherited, fields, 'play'),
  vars: context.inherited.vars,
});

/** Reads one play. @returns undefined where it names no hosts; that is reported, and so are its tasks' mistakes */
export const readPlay = (
  fields: Fields,
  file: string,
  project: Project,
  context: PlayContext,
): Play | undefined => {
  const { problems } = fields;
  checkKeys(fields);
  const play = newDraft(fields);
  const scope: Scope = {
    project,
    problems,
    play,
    inherited: inheritedBy(fields, context),
    role: undefined,
    folder: posix.dirname(file),
    via: context.via,
    chain: [file],
    topics: undefined,
    readEntries,
  };
  const entries = readSections(fields, scope);
  if (fields.has('handlers'))
    play.handlers.push(
      ...(readEntries(fields.at('handlers'), { ...scope, topics: [] }) as readonly Handler[]),
    );
  checkNotifications(play, problems);
  checkHandlerNames(play, problems);
  checkWord(fields, 'order', orders);
  checkWord(fields, 'strategy', strategies);
  const hosts = readHosts(fields);
  const settings = readSettings(fields);
  const vars = readVars(fields, context);
  const prompts = readPrompts(fields);
  const varsFiles = readVarsFiles(fields, project);
  if (hosts === undefined) return undefined;
  const handlers = [...allHandlers(play)];
  play.late.handlers = handlers;
  return {
    name: fields.source('name')?.text ?? hosts.text,
    span: fields.mapping.span,
    playbook: file,
    hosts,
    ...settings,
    truthy: play.truthy,
    vars,
    prompts,
    varsFiles,
    roles: play.roles,
    entries,
    handlers,
  };
};

const readSettings = (
  fields: Fields,
): Pick<
  Play,
  | 'gatherFacts'
  | 'prune'
  | 'remoteUser'
  | 'port'
  | 'isLocal'
  | 'serial'
  | 'anyErrorsFatal'
  | 'maxFailPercentage'
> => ({
  gatherFacts: fields.boolean('gather_facts') ?? true,
  prune: fields.boolean('prune') ?? false,
  remoteUser: fields.source('remote_user'),
  port: fields.source('port'),
  isLocal: fields.text('connection') === 'local',
  serial: readSerial(fields),
  anyErrorsFatal: fields.boolean('any_errors_fatal'),
  maxFailPercentage: fields.number('max_fail_percentage'),
});
