import { wrapText } from '../util/wrap-text.ts';
import type { Paint } from './paint.ts';

/** A parameter as people read of it. */
export interface DescribedParam {
  readonly name: string;
  /** `text`, `list of texts`, `file mode`; empty where there are choices. */
  readonly type: string;
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  /** As YAML writes it; undefined: none. */
  readonly fallback: string | undefined;
  /** Other names that are understood. */
  readonly aliases: readonly string[];
  /** Markdown; one paragraph. */
  readonly description: string;
  /** Ansible has it, and using it is a mistake that says what to do instead. */
  readonly isRefused: boolean;
}

/** A module as people read of it. */
export interface DescribedModule {
  readonly name: string;
  /** Task keys that mean the same module. */
  readonly otherNames: readonly string[];
  readonly summary: string;
  /** The parameter that a bare text fills. */
  readonly freeForm: string | undefined;
  /** Names besides those of `params` are parameters too: `set_fact`. */
  readonly takesAnyName: boolean;
  readonly params: readonly DescribedParam[];
  /** YAML: a list of tasks. */
  readonly examples: string;
}

const notesOf = (
  { type, choices, isRequired, fallback, aliases }: DescribedParam,
  code: (text: string) => string,
): readonly string[] =>
  [
    choices.length > 0 ? choices.map(code).join(' | ') : type,
    isRequired ? 'required' : '',
    fallback === undefined ? '' : `default ${code(fallback)}`,
    aliases.length === 0 ? '' : `also ${aliases.map(code).join(', ')}`,
  ].filter((note) => note !== '');

const remarksOf = (
  { otherNames, freeForm, takesAnyName }: DescribedModule,
  code: (text: string) => string,
): readonly string[] => [
  ...(otherNames.length === 0 ? [] : [`Also called ${otherNames.map(code).join(' and ')}.`]),
  ...(freeForm === undefined
    ? []
    : [
        `A text in place of parameters is ${code(freeForm)}; other parameters may stand in it as name=value, or below ${code('args')}.`,
      ]),
  ...(takesAnyName ? ['Every other name is a variable that is set.'] : []),
];

const codeSpan = (text: string): string => `\`${text}\``;

const usable = (module: DescribedModule): readonly DescribedParam[] =>
  module.params.filter(({ isRefused }) => !isRefused);

const refused = (module: DescribedModule): readonly DescribedParam[] =>
  module.params.filter(({ isRefused }) => isRefused);

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];

/** The reference page of a module, in Markdown. The same module gives the same text. */
export const renderModulePage = (module: DescribedModule): string => {
  const params = usable(module).map(
    (param) => `- **${param.name}** (${notesOf(param, codeSpan).join('; ')}): ${param.description}`,
  );
  const examples = module.examples.trim();
  const others = refused(module).map(
    ({ name, description }) => `- ${name}: ${description.replace(/^Not supported: /, '')}`,
  );
  return [
    `# ${module.name}`,
    '',
    module.summary,
    ...remarksOf(module, codeSpan).flatMap((remark) => ['', remark]),
    ...section('Parameters', params),
    ...section("Ansible's, not supported", others),
    ...section('Examples', examples === '' ? [] : ['```yaml', examples, '```']),
    '',
  ].join('\n');
};

/** How a terminal shows it. */
export interface TextOptions {
  readonly width: number;
  readonly paint: Paint;
}

const indented = (text: string, indent: string, width: number): readonly string[] =>
  wrapText(text, Math.max(20, width - indent.length)).map((line) => `${indent}${line}`);

const plainText = (markdown: string): string => markdown.replaceAll(/`([^`]+)`/g, '$1');

/** The reference of a module, for a terminal. */
export const renderModuleText = (module: DescribedModule, { width, paint }: TextOptions): string => {
  const bare = (text: string): string => text;
  const title = (text: string): readonly string[] => ['', paint('strong', text)];
  const params = usable(module).flatMap((param) => [
    `  ${paint('good', param.name)} ${paint('quiet', `(${notesOf(param, bare).join('; ')})`)}`,
    ...indented(plainText(param.description), '      ', width),
  ]);
  const others = refused(module).map(({ name }) => name);
  const examples = module.examples.trim();
  return [
    `${paint('strong', module.name)}: ${module.summary}`,
    ...remarksOf(module, bare).flatMap((remark) => wrapText(remark, width)),
    ...(params.length === 0 ? [] : [...title('parameters'), ...params]),
    ...(others.length === 0
      ? []
      : [...title("Ansible's, not supported"), ...indented(others.join(', '), '  ', width)]),
    ...(examples === ''
      ? []
      : [...title('examples'), ...examples.split('\n').map((line) => (line === '' ? '' : `  ${line}`))]),
    '',
  ].join('\n');
};
