import { readFile, writeFile } from 'node:fs/promises';
import { isMap, isPair, LineCounter, type Node, parseDocument, visit, type YAMLMap } from 'yaml';

/** Lines of a task: from its `- `, to the last one before what follows. 1-based. */
interface Extent {
  readonly first: number;
  readonly last: number;
  /** Column of its keys, 0-based. */
  readonly indent: number;
  readonly hasBlock: boolean;
  readonly name: string | undefined;
}

/** Keys whose lists are lists of tasks. */
const holders = new Set(['block', 'rescue', 'always', 'tasks', 'handlers']);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const extentsOf = (text: string): readonly Extent[] => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const found: Extent[] = [];
  const add = (map: YAMLMap & Node): void => {
    const [start = 0, , end = 0] = map.range ?? [];
    const from = lines.linePos(start);
    const to = lines.linePos(end);
    const last = to.col === 1 ? to.line - 1 : to.line;
    found.push({
      first: from.line,
      last,
      indent: from.col - 1,
      hasBlock: map.has('block'),
      name: textOf(map.get('name')),
    });
  };
  visit(document, {
    Seq(_, seq, path) {
      const pair = path.findLast((node) => isPair(node));
      const key = isPair(pair) ? String(pair.key) : '';
      if (pair !== undefined && !holders.has(key)) return;
      for (const item of seq.items) if (isMap(item)) add(item as YAMLMap & Node);
    },
  });
  return found;
};

/** The innermost task around a line; a block only where nothing in it is meant. */
const taskAt = (text: string, line: number): Extent | undefined => {
  const around = extentsOf(text)
    .filter(({ first, last }) => first <= line && line <= last)
    .toSorted((a, b) => b.first - a.first);
  return around.find(({ hasBlock }) => !hasBlock) ?? around[0];
};

/** Edits of a role that let a run get past a task, and the places as they were before. */
export class Detours {
  /** Lines that were put in, as they are numbered now, by file. */
  readonly #inserted = new Map<string, number[]>();

  readonly #muted = new Set<string>();

  /** The line as it was numbered in the beginning. */
  original(file: string, line: number): number {
    return line - (this.#inserted.get(file) ?? []).filter((one) => one < line).length;
  }

  /** The first line of the task that a line is in, as it was numbered in the beginning; the line itself where there is none. */
  async taskLine(file: string, line: number): Promise<number> {
    return this.original(file, taskAt(await readFile(file, 'utf8'), line)?.first ?? line);
  }

  /** A task may fail from now on. @returns false: it may already, or nothing is there */
  async forgive(file: string, line: number): Promise<boolean> {
    const text = await readFile(file, 'utf8');
    const task = taskAt(text, line);
    const lines = text.split('\n');
    const own = lines.slice((task?.first ?? 1) - 1, task?.last).join('\n');
    if (task === undefined || /^\s*(- )?ignore_errors:/m.test(own)) return false;
    const at = task.first;
    const first = lines[at - 1] ?? '';
    const dash = first.slice(0, task.indent);
    const rest = ' '.repeat(task.indent) + first.slice(task.indent);
    lines.splice(at - 1, 1, `${dash}ignore_errors: true`, rest);
    await writeFile(file, lines.join('\n'));
    const known = this.#inserted.get(file) ?? [];
    this.#inserted.set(file, [...known.map((one) => (one > at ? one + 1 : one)), at]);
    return true;
  }

  /** Takes a task out that is not read. @returns false: it is out already, or nothing is there */
  async mute(file: string, line: number): Promise<boolean> {
    const text = await readFile(file, 'utf8');
    const task = taskAt(text, line);
    if (task === undefined || this.#muted.has(`${file}:${task.first}`)) return false;
    this.#muted.add(`${file}:${task.first}`);
    const lines = text.split('\n');
    const dash = (lines[task.first - 1] ?? '').slice(0, task.indent);
    for (let at = task.first; at < task.last; at += 1) lines[at] = `# ${lines[at] ?? ''}`;
    // A list of tasks is not to become empty, and a handler keeps its name.
    const name = task.name === undefined ? '' : `name: ${JSON.stringify(task.name)}, `;
    lines[task.first - 1] = `${dash}{ ${name}debug: { msg: taken out } }`;
    await writeFile(file, lines.join('\n'));
    return true;
  }
}
