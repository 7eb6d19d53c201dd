import type { BlockTask } from '../blockinfile.ts';
import { pythonRegex } from '../params/python-regex.ts';
import { type Edited, linesOf, withoutEnd } from './edit-file.ts';

const markers = ({ marker, marker_begin, marker_end }: BlockTask): [begin: string, end: string] => [
  marker.replaceAll('{mark}', marker_begin),
  marker.replaceAll('{mark}', marker_end),
];

const blockLines = (task: BlockTask): string[] => {
  if (task.state === 'absent' || task.block === '') return [];
  const [begin, end] = markers(task);
  return [`${begin}\n`, ...linesOf(task.block.endsWith('\n') ? task.block : `${task.block}\n`), `${end}\n`];
};

/** `(?m)` at its beginning: it is looked for in the whole text, and may go over lines. */
const isMultiline = (pattern: string): boolean => /^\(\?[a-zA-Z]*m[a-zA-Z]*\)/.test(pattern);

/** Index of the line after the one where the match ends, or of the one where it begins; of the end without a match. */
const placeInText = (
  pattern: string,
  { isAfter }: { readonly isAfter: boolean },
  lines: readonly string[],
): number => {
  const text = lines.join('');
  const match = pythonRegex(pattern).exec(text);
  if (match === null) return lines.length;
  const offset = match.index + (isAfter ? match[0].length : 0);
  return (text.slice(0, offset).match(/\n/g) ?? []).length + (isAfter ? 1 : 0);
};

/** Index that a block that is not there yet gets. */
const newPlace = (
  { insertafter: after, insertbefore: before }: BlockTask,
  lines: readonly string[],
): number => {
  const pattern = after ?? before;
  if (before === 'BOF') return 0;
  if (pattern === undefined || pattern === 'EOF') return lines.length;
  if (isMultiline(pattern)) return placeInText(pattern, { isAfter: before === undefined }, lines);
  const expression = pythonRegex(pattern);
  const index = lines.findLastIndex((line) => expression.test(line));
  if (index === -1) return lines.length;
  return before === undefined ? index + 1 : index;
};

interface Gap {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The lines without the block, divided where it goes. */
const gapFor = (task: BlockTask, lines: readonly string[]): Gap => {
  const [begin, end] = markers(task);
  const [first, last] = [begin, end].map((marker) =>
    lines.findLastIndex((line) => withoutEnd(line) === marker),
  );
  if (first === undefined || last === undefined || first === -1 || last === -1) {
    const at = newPlace(task, lines);
    return { before: lines.slice(0, at), after: lines.slice(at) };
  }
  return { before: lines.slice(0, Math.min(first, last)), after: lines.slice(Math.max(first, last) + 1) };
};

const ended = (lines: readonly string[]): string[] =>
  lines.map((line, index) => (index === lines.length - 1 && !line.endsWith('\n') ? `${line}\n` : line));

/** Puts the block between its markers, replaces what is there, or takes it away. */
export const editBlock = (task: BlockTask, text: string): Edited => {
  const gap = gapFor(task, linesOf(text));
  const block = blockLines(task);
  const before = ended(gap.before);
  const isPresent = task.state === 'present';
  const blankBefore = isPresent && task.prepend_newline && before.length > 0 && before.at(-1) !== '\n';
  const blankAfter = isPresent && task.append_newline && gap.after.length > 0 && gap.after[0] !== '\n';
  const edited = [...before, blankBefore ? '\n' : '', ...block, blankAfter ? '\n' : '', ...gap.after].join(
    '',
  );
  const done = block.length > 0 ? 'Block inserted' : 'Block removed';
  return { text: edited, result: { msg: edited === text ? '' : done } };
};
