import type { Diagnostic } from '../model/diagnostic.ts';
import type { Play, Source } from '../model/play.ts';
import type { Span } from '../model/span.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import type { Scope } from '../template/scope.ts';

/** A keyword of plays that stands in for variables which nobody sets. */
interface LoginKeyword {
  readonly keyword: string;
  /** The first one is the one that the keyword stands in for. */
  readonly variables: readonly [string, string];
  readonly of: (play: Play) => Source | undefined;
  /** What to do instead. */
  readonly hint: string;
}

const loginKeywords: readonly LoginKeyword[] = [
  {
    keyword: 'remote_user',
    variables: ['ansible_user', 'ansible_ssh_user'],
    of: ({ remoteUser }) => remoteUser,
    hint: 'say the same in all plays of a host, or ansible_user in the inventory; become_user is for single tasks',
  },
  {
    keyword: 'port',
    variables: ['ansible_port', 'ansible_ssh_port'],
    of: ({ port }) => port,
    hint: 'say the same in all plays of a host, or ansible_port in the inventory; another run may use another port',
  },
];

/** Variables as a connection sees them: keywords of the play stand in for those that nobody sets. */
export const withLogin = (scope: Scope, play: Play): Pick<Scope, 'get'> => ({
  get: (name) => {
    const source = loginKeywords.find(({ variables: [first] }) => first === name)?.of(play);
    return scope.get(name) ?? (source && scope.render(source.text, { at: () => source.span }));
  },
});

/** As it is written in a play, by its keyword or its variables, and where. */
const writtenIn = (play: Play, { variables, of }: LoginKeyword): readonly [string, Span | undefined] => {
  const name = variables.find((variable) => Object.hasOwn(play.vars.values, variable));
  if (name !== undefined) return [String(play.vars.values[name]), play.vars.place(name)];
  const source = of(play);
  return [source?.text ?? '', source?.span];
};

/** What it comes to; undefined: nothing, or it cannot be told before the run. */
const comesTo = (play: Play, { variables }: LoginKeyword, scope: Scope): string | undefined => {
  try {
    const value = variables.map((name) => withLogin(scope, play).get(name)).find((one) => one !== undefined);
    return value === undefined ? undefined : String(value);
  } catch (error) {
    // The way to the host is made by its first play, and what is wrong there is told there.
    if (!(error instanceof TemplateError || error instanceof Blocked)) throw error;
    return undefined;
  }
};

/**
 * What plays want that a run cannot give: a host is logged in to once, by one port and as one account.
 *
 * @param plays  of the host; the way to it is that of the first
 */
export const checkLogins = (
  host: string,
  [first, ...more]: readonly Play[],
  scopeOf: (play: Play) => Scope,
): readonly Diagnostic[] => {
  if (first === undefined) return [];
  return loginKeywords.flatMap((one): Diagnostic[] => {
    const [text, span] = writtenIn(first, one);
    const wanted = (play: Play): string | undefined => comesTo(play, one, scopeOf(play));
    const other = more.find((play) => writtenIn(play, one)[0] !== text && wanted(play) !== wanted(first));
    if (other === undefined) return [];
    const [here, there] = [wanted(first), wanted(other)].map((value) => value ?? `no ${one.keyword}`);
    return [
      {
        severity: 'error',
        code: 'two-logins',
        message: `${host} is logged in to once a run: one play says ${here}, another ${there}`,
        span: writtenIn(other, one)[1] ?? span,
        hint: one.hint,
      },
    ];
  });
};
