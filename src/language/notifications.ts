import type { Handler } from '../model/play.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { either } from './describe.ts';
import type { Problems } from './problems.ts';
import type { PlayDraft } from './scope.ts';
import { hasTemplate } from './source.ts';

/** All handlers of the play: those of roles first, as Ansible runs them. */
export const allHandlers = (play: PlayDraft): readonly Handler[] => [
  ...play.roleHandlers.values(),
  ...play.handlers,
];

/** Reports names in `notify` that no handler answers to. */
export const checkNotifications = (play: PlayDraft, problems: Problems): void => {
  if (play.late.areExpected) return;
  const handlers = allHandlers(play);
  // A handler's name that is a template may become any name.
  if (handlers.some(({ name }) => name !== undefined && hasTemplate(name.text))) return;
  const names = new Set(
    handlers.flatMap(({ name, listen }) => [...(name === undefined ? [] : [name.text]), ...listen]),
  );
  const own = [...names].filter((name) => !name.includes(' : '));
  const known =
    own.length === 0
      ? 'the play has no handlers'
      : `there is ${either(own.slice(0, 8).map((name) => JSON.stringify(name)))}`;
  for (const { source } of play.notifications) {
    if (names.has(source.text)) continue;
    const nearest = nearestName(source.text, names);
    problems.error('unknown-handler', `no handler is called "${source.text}"`, source.span, {
      hint: didYouMean(nearest, nearest === undefined ? known : undefined),
    });
  }
};

/** Warns of two handlers of one name: only one of them would be notified. */
export const checkHandlerNames = (play: PlayDraft, problems: Problems): void => {
  const first = new Map<string, Handler>();
  for (const handler of allHandlers(play)) {
    if (handler.name === undefined) continue;
    const key = JSON.stringify([handler.role?.name, handler.name.text]);
    const other = first.get(key);
    if (other === undefined) first.set(key, handler);
    else
      problems.warning(
        'repeated-handler',
        `a second handler is called "${handler.name.text}"`,
        handler.name.span,
        {
          related: [{ message: 'the first', span: other.name?.span ?? other.span }],
        },
      );
  }
};
