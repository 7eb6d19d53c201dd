/**
 * Makes docs/progress.svg: what a terminal shows in the middle of a real run. A fresh host becomes a web server, files are written on this machine,
 * and a third host does not answer; `script`, of util-linux, keeps what was written to the terminal and when.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { connectionVariables } from '../test/containers/support/syn-deploy.ts';
import { startHost } from '../test/hosts/host.ts';

const [columns, rows] = [92, 26];

/** Long enough to be seen: what is behind nginx waits until it is installed, and is another wave. */
const playbook = (folder: string) => [
  {
    name: 'What is kept here',
    hosts: 'here',
    tasks: [
      {
        name: 'A folder for reports',
        file: { path: join(folder, 'reports'), state: 'directory', mode: '0750' },
      },
    ],
  },
  {
    name: 'A web server',
    hosts: 'web',
    tasks: [
      {
        name: 'A greeting',
        copy: { dest: '/srv/README', content: 'All changes by syn-deploy.\n', mode: '0644' },
      },
      { name: 'nginx is there', apt: { name: 'nginx-light', update_cache: true } },
      {
        name: 'It takes big uploads',
        copy: {
          dest: '/etc/nginx/conf.d/uploads.conf',
          content: 'client_max_body_size 100M;\n',
          mode: '0644',
        },
      },
      { name: 'Redis is there', apt: { name: 'redis-server' } },
    ],
  },
];

/** A character with its colour, as SGR numbers. */
interface Cell {
  readonly text: string;
  readonly style: string;
}

const esc = '\u001b';
const piece = new RegExp(`${esc}\\[([0-9;?]*)([A-Za-z])|[\\s\\S]`, 'gu');

/** What is seen after all of it: as much of a terminal as the view uses, with colours. */
const screenOf = (written: string): readonly (readonly Cell[])[] => {
  const lines: Cell[][] = [[]];
  let [row, column, style] = [0, 0, ''];
  const line = (): Cell[] => {
    lines[row] ??= [];
    return lines[row] as Cell[];
  };
  const obey = (count: string, command: string): void => {
    if (command === 'm') style = count === '0' ? '' : count;
    if (command === 'A') row = Math.max(0, row - Number(count || 1));
    if (command === 'K' || command === 'J') line().splice(column);
    if (command === 'J') lines.splice(row + 1);
  };
  for (const [text, count = '', command] of written.matchAll(piece)) {
    if (command !== undefined) obey(count, command);
    else if (text === '\r') column = 0;
    else if (text === '\n') row += 1;
    else {
      line()[column] = { text, style };
      column += 1;
    }
  }
  return lines.map((cells) => Array.from(cells, (cell) => cell ?? { text: ' ', style: '' }));
};

const textOf = (written: string): string =>
  screenOf(written)
    .map((cells) => cells.map(({ text }) => text).join(''))
    .join('\n');

const colours: Readonly<Record<string, string>> = {
  '': '#d6deeb',
  '1': '#ffffff',
  '2': '#94a3b8',
  '31': '#ff8a80',
  '32': '#8bd48b',
  '33': '#ffd166',
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const spansOf = (cells: readonly Cell[]): string => {
  const runs: Cell[] = [];
  for (const { text, style } of cells) {
    const last = runs.at(-1);
    if (last?.style === style) runs[runs.length - 1] = { text: last.text + text, style };
    else runs.push({ text, style });
  }
  return runs
    .map(({ text, style }) => `<tspan fill="${colours[style] ?? colours['']}">${escaped(text)}</tspan>`)
    .join('');
};

const [lineHeight, characterWidth, margin] = [20, 8.4, 16];

/** A terminal's window, whose text is text. */
const svgOf = (lines: readonly (readonly Cell[])[]): string => {
  const [width, height] = [columns * characterWidth + 2 * margin, lines.length * lineHeight + 2 * margin];
  const texts = lines.map(
    (cells, index) =>
      `<text x="${margin}" y="${margin + 15 + index * lineHeight}" xml:space="preserve">${spansOf(cells)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>A run of syn-deploy in a terminal</title>
<rect width="100%" height="100%" rx="8" fill="#17202e"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', monospace" font-size="14">
${texts.join('\n')}
</g>
</svg>
`;
};

/** What was written up to each moment of drawing; `script` notes seconds since the last and bytes. */
const moments = (typescript: Buffer, timing: string): readonly string[] => {
  // Its first line is script's own.
  const bytes = typescript.subarray(typescript.indexOf('\n') + 1);
  let end = 0;
  return timing
    .trimEnd()
    .split('\n')
    .map((entry) => {
      end += Number(entry.split(' ')[1]);
      return bytes.subarray(0, end).toString();
    });
};

const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-picture-'));
await using host = await startHost({ suite: 'trixie' });
try {
  const hosts = {
    web: { hosts: { web1: connectionVariables(host), web2: { ansible_host: '192.0.2.99' } } },
    here: { hosts: { localhost: { ansible_connection: 'local' } } },
  };
  await writeFile(
    join(folder, 'inventory.yaml'),
    stringify({ playbooks: ['site.yaml'], all: { children: hosts } }),
  );
  await writeFile(join(folder, 'site.yaml'), stringify(playbook(folder)));
  const options = `-o UserKnownHostsFile=${host.knownHostsPath}`;
  await writeFile(
    join(folder, 'host_vars.yaml'),
    stringify({ ansible_ssh_common_args: options, ansible_timeout: 60 }),
  );
  const run = `stty cols ${columns} rows ${rows}; exec node ${resolve('dist/cli/bin.js')} apply inventory.yaml -e @host_vars.yaml`;
  await execa('script', ['-q', '-e', '-c', run, '-O', 'typescript', '-T', 'timing'], {
    cwd: folder,
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
  });
  const frames = moments(
    await readFile(join(folder, 'typescript')),
    await readFile(join(folder, 'timing'), 'utf8'),
  );
  // The last part of the line tells what the host prints just now.
  const chosen = frames.findLast((written) => textOf(written).includes('Setting up redis'));
  if (chosen === undefined || textOf(chosen).includes('warning:'))
    throw new Error(`the run went otherwise:\n${textOf(frames.at(-1) ?? '')}`);
  await writeFile('docs/progress.svg', svgOf(screenOf(chosen)));
} finally {
  await rm(folder, { recursive: true });
}
