import { z } from 'zod';
import { makeDirectories } from '../actions/make-directory.ts';
import { removePath } from '../actions/remove-path.ts';
import { setAttributes } from '../actions/set-attributes.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { isArmored } from '../util/openpgp.ts';
import { renderDeb822, slugOf } from './apt-sources/deb822-text.ts';
import { installContent } from './files/install-content.ts';
import { planInSteps, type Step } from './files/plan-in-steps.ts';
import { placeOf } from './files/resolve-path.ts';
import { bytesFetched, fetchedFile } from './net/fetched.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { mode } from './params/mode.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

const oneLine = () =>
  text().refine((value) => !/[\n\r]/.test(value), { error: 'expected one line: it is a field of a file' });

/** Words with commas or blanks between; a field of the file is one line. */
const words = () =>
  textList().transform((list) => list.flatMap((one) => one.split(/\s+/).filter((word) => word !== '')));

const repositoryParams = {
  types: textList()
    .refine((list) => list.length > 0 && list.every((type) => type === 'deb' || type === 'deb-src'), {
      error: 'expected deb, deb-src, or a list of them',
    })
    .default(['deb'])
    .describe('`deb` for packages, `deb-src` for their sources.'),
  uris: words().optional().describe('Addresses of the archive.'),
  suites: words()
    .optional()
    .describe('Suites: `bookworm`; a path with a slash at its end where there are no components.'),
  components: words().optional().describe('Components: `main`.'),
  architectures: words().optional().describe('Architectures. Default: all that dpkg knows on the host.'),
  languages: words().optional().describe('Languages of descriptions.'),
  targets: words().optional().describe('What is downloaded of it.'),
  enabled: boolean().optional().describe('False: apt passes it over.'),
  signed_by: text()
    .optional()
    .describe(
      'Key: an address (the host fetches it into /etc/apt/keyrings at every look), the path of a keyring on the host, fingerprints, or an armored key itself.',
    ),
  trusted: boolean().optional().describe('Trust it whether it is signed or not.'),
  allow_insecure: boolean().optional().describe('Take it although it is not signed.'),
  allow_weak: boolean().optional().describe('Take weak digests.'),
  allow_downgrade_to_insecure: boolean().optional().describe('Take it although it is not signed any more.'),
  by_hash: boolean().optional().describe('Fetch indexes by their hash.'),
  check_date: boolean().optional().describe("Trust the host's clock."),
  check_valid_until: boolean().optional().describe('Refuse lists that are too old.'),
  date_max_future: integer().optional().describe('Seconds that a list may be from the future.'),
  inrelease_path: oneLine().optional().describe('Path of the InRelease file.'),
  pdiffs: boolean().optional().describe('Fetch differences of indexes.'),
};

const params = z.strictObject({
  name: oneLine()
    .refine((name) => slugOf(name) !== '', { error: 'expected a name with a letter or a digit in it' })
    .describe('Name of the repository; its files are called after it.'),
  ...repositoryParams,
  mode: mode().default('0644').describe('Permissions of the file.'),
  state: z
    .enum(['present', 'absent'], { error: 'expected present or absent' })
    .default('present')
    .describe('`absent` takes the key of its name away, too.'),
});

type Params = z.infer<typeof params>;

const keyrings = '/etc/apt/keyrings';

const sourcesFile = (p: Params): string => `/etc/apt/sources.list.d/${slugOf(p.name)}.sources`;

const keyFile = (p: Params, extension: 'asc' | 'gpg'): string => `${keyrings}/${slugOf(p.name)}.${extension}`;

const isAddress = (signedBy: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(signedBy);

/** The key's address; undefined: it need not be fetched. */
const keyAddress = ({ signed_by }: Params): string | undefined =>
  signed_by !== undefined && isAddress(signed_by) ? signed_by : undefined;

const keyFiles = (p: Params): readonly string[] => [keyFile(p, 'asc'), keyFile(p, 'gpg')];

const withContent = (path: string): readonly FactKey[] => [file(path), content(path)];

const factsOf = (p: Params, { identity }: TaskContext): readonly FactKey[] => {
  if (p.state === 'absent') return [sourcesFile(p), ...keyFiles(p)].map(file);
  const url = keyAddress(p);
  return [
    ...withContent(sourcesFile(p)),
    file('/etc/apt/sources.list.d'),
    ...(url === undefined
      ? []
      : [file(keyrings), ...keyFiles(p).flatMap(withContent), fetchedFile(url, identity)]),
  ];
};

const removeAll = (p: Params, facts: Facts): readonly Action[] =>
  [sourcesFile(p), ...keyFiles(p)].flatMap((path) => {
    const fact = facts.get(file(path));
    return fact === absent ? [] : [removePath(path, fact)];
  });

const planFolder =
  ({ identity }: TaskContext): Step =>
  (now) => {
    const { fact } = placeOf(now, keyrings);
    const wanted = { owner: 'root', group: 'root', mode: '0755' };
    return fact === absent
      ? [makeDirectories([keyrings], wanted, identity)]
      : setAttributes(keyrings, fact, wanted);
  };

const planPresent = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const url = keyAddress(p);
  const key = url === undefined ? undefined : bytesFetched(facts, fetchedFile(url, context.identity), url);
  const path = key === undefined ? undefined : keyFile(p, isArmored(key) ? 'asc' : 'gpg');
  const { mode: wantedMode, state: _, signed_by, ...fields } = p;
  const repo = renderDeb822({ ...fields, signed_by: path ?? signed_by });
  const install =
    (at: string, bytes: Uint8Array, fileMode: string): Step =>
    (now) =>
      installContent(now, placeOf(now, at), { bytes, mode: fileMode }, context);
  const actions = planInSteps(facts, [
    ...(key === undefined || path === undefined ? [] : [planFolder(context), install(path, key, '0644')]),
    install(sourcesFile(p), new TextEncoder().encode(repo), wantedMode),
  ]);
  const isOnHost = signed_by?.startsWith('/') === true && !/\s/.test(signed_by);
  const keyFilename = path ?? (isOnHost ? signed_by : null);
  return { actions, result: { repo, dest: sourcesFile(p), key_filename: keyFilename } };
};

/** Repositories in .sources files. */
export const deb822Repository = defineModule({
  name: 'deb822_repository',
  summary: 'Adds a repository of packages to apt in the newer form, with its key, or takes one away.',
  examples: `- name: Element's packages
  deb822_repository:
    name: matrix-org
    uris: https://packages.matrix.org/debian/
    suites: bookworm
    components: main
    signed_by: https://packages.matrix.org/debian/matrix-org-archive-keyring.gpg
  notify: Update the package lists

- name: Not any more
  deb822_repository:
    name: old
    state: absent
`,
  params,
  modes: ['mode'],
  facts: factsOf,
  plan: (p, facts, context) =>
    p.state === 'present'
      ? planPresent(p, facts, context)
      : {
          actions: removeAll(p, facts),
          result: { repo: null, dest: sourcesFile(p), key_filename: keyFile(p, 'gpg') },
        },
  claims: (p) =>
    p.state === 'present'
      ? [{ key: file(sourcesFile(p)), wanted: { ...p, state: undefined }, prunable: true }]
      : [],
});
