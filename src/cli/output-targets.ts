import type { Flags } from './dispatch.ts';
import { listFlag } from './flags.ts';
import type { Output } from './io.ts';
import { unknownChoice } from './unknown-choice.ts';
import { UsageError } from './usage-error.ts';

const forms = ['progress', 'plain', 'json', 'junit', 'html'] as const;

export type OutputForm = (typeof forms)[number];

/** What is written to a file. */
export interface FileTarget {
  readonly form: Exclude<OutputForm, 'progress'>;
  readonly file: string;
}

/** Where a run is shown and reported. */
export interface OutputTargets {
  /** On standard output. */
  readonly shown: OutputForm;
  readonly files: readonly FileTarget[];
}

/** `html`, or `html=FILE`. */
interface Wish {
  readonly form: OutputForm;
  readonly file: string | undefined;
}

/** @throws UsageError */
const readWish = (text: string): Wish => {
  const [, name = '', file] = /^([^=]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
  const form = forms.find((one) => one === name);
  if (form === undefined) throw unknownChoice('--output', name, forms);
  if (file === '')
    throw new UsageError(`--output ${text} wants the name of a file, such as ${form}=report.html`);
  return { form, file };
};

const endings: readonly (readonly [RegExp, FileTarget['form']])[] = [
  [/\.html?$/i, 'html'],
  [/\.xml$/i, 'junit'],
  [/\.json$/i, 'json'],
];

/** Of a file that is named without a form. */
const formOf = (file: string): FileTarget['form'] =>
  endings.find(([ending]) => ending.test(file))?.[1] ?? 'plain';

const toFile = ({ form, file }: { readonly form: OutputForm; readonly file: string }): FileTarget => {
  if (form === 'progress')
    throw new UsageError(`progress is for a terminal; what goes to ${file} is plain, json, junit or html`);
  return { form, file };
};

/** `-o html --output-file FILE`, as often as it is given. @throws UsageError */
const paired = (bare: readonly Wish[], files: readonly string[]): readonly FileTarget[] => {
  if (bare.length === 0 && files.length === 1)
    return files.map((file) => toFile({ form: formOf(file), file }));
  if (bare.length !== files.length)
    throw new UsageError(
      `--output ${bare.map(({ form }) => form).join(' and ') || 'without a form'} and --output-file ${files.join(' and ')} do not make pairs; write -o FORM=FILE for each`,
    );
  return bare.map(({ form }, index) => toFile({ form, file: files[index] as string }));
};

/**
 * What the flags ask for: at most one form on standard output (progress on a terminal, else plain, when none is named), and
 * any number of files.
 *
 * @throws UsageError
 */
export const outputTargets = (flags: Flags, output: Output): OutputTargets => {
  const wishes = listFlag(flags, 'output').map(readWish);
  const named = wishes.flatMap(({ form, file }) => (file === undefined ? [] : [toFile({ form, file })]));
  const bare = wishes.filter(({ file }) => file === undefined);
  const outputFiles = listFlag(flags, 'outputFile');
  const files = [...named, ...(outputFiles.length === 0 ? [] : paired(bare, outputFiles))];
  const double = files.find(({ file }, index) => files.findIndex((one) => one.file === file) !== index);
  if (double !== undefined) throw new UsageError(`two outputs would go to ${double.file}`);
  const shown = outputFiles.length === 0 ? bare.map(({ form }) => form) : [];
  if (shown.length > 1)
    throw new UsageError(
      `only one of ${shown.join(', ')} can be shown; write -o FORM=FILE for what goes to a file`,
    );
  return { shown: shown[0] ?? (output.isTTY === true ? 'progress' : 'plain'), files };
};
