/**
 * What the page does where scripts run: the filter, the table of hosts and tasks, and findings beyond the first.
 *
 * It is read by a browser as it stands here. Everything that came from a host enters the page as text (textContent), but for
 * findings (`data.more`), which were made and escaped with those that are in the page from the start.
 */
export const pageScript = `
'use strict';
const $ = (id) => document.getElementById(id);
const data = JSON.parse($('data').textContent);
const { hosts, tasks, cells, signs } = data;
const lower = (text) => text.toLowerCase();
const hostTexts = hosts.map(lower);
const taskTexts = tasks.map((task) => lower(task.join(' ')));
const list = $('findings');
const findings = data.findings.map(([letter, task, on]) => ({ letter, task, on, element: null, text: null }));
const written = list.querySelectorAll('details').length;
const findingAt = new Map();
findings.forEach((finding, index) => {
  if (index < written) finding.element = $('f' + index);
  for (const host of finding.on) {
    const key = host + ':' + finding.task;
    // The worst comes first.
    if (finding.task >= 0 && !findingAt.has(key)) findingAt.set(key, index);
  }
});

const parsed = (index) => {
  const template = document.createElement('template');
  template.innerHTML = data.more[index - written];
  return template.content.firstElementChild;
};
const textOf = (index) => {
  const finding = findings[index];
  finding.text ??= lower((finding.element ?? parsed(index)).textContent);
  return finding.text;
};
/** Puts a finding into the page that is not there yet, at its place. */
const elementOf = (index) => {
  const finding = findings[index];
  if (finding.element === null) {
    finding.element = parsed(index);
    const next = findings.slice(index + 1).find(({ element }) => element !== null);
    list.insertBefore(finding.element, next?.element ?? null);
  }
  return finding.element;
};

/** What fits the filter: hosts, tasks and findings by their numbers. */
const select = () => {
  const text = lower($('by-text').value.trim());
  const host = lower($('by-host').value.trim());
  const status = $('by-status').value;
  const named = hostTexts.map((name) => name.includes(host));
  const fitsText = (index) => text === '' || textOf(index).includes(text);
  const found = findings.flatMap((finding, index) =>
    (status === '' || finding.letter === status) && finding.on.some((at) => named[at]) && fitsText(index) ? [index] : []);
  const told = new Set(found);
  const shownTasks = new Set();
  const shownHosts = new Set(found.flatMap((index) => findings[index].on.filter((at) => named[at])));
  const spoken = taskTexts.map((task) => text === '' || task.includes(text));
  cells.forEach((own, at) => {
    if (!named[at]) return;
    if ((text === '' || hostTexts[at].includes(text)) && (status === '' || data.results[at] === status)) shownHosts.add(at);
    for (let task = 0; task < own.length; task += 1) {
      if (own[task] === ' ' || (status !== '' && own[task] !== status)) continue;
      if (!spoken[task] && !told.has(findingAt.get(at + ':' + task))) continue;
      shownHosts.add(at);
      shownTasks.add(task);
    }
  });
  const inOrder = (set) => [...set].sort((one, other) => one - other);
  return { found, hosts: inOrder(shownHosts), tasks: inOrder(shownTasks) };
};

const stepOfFindings = 200;
const cellsOfStep = 10000;
let selected = select();
let mostFindings = stepOfFindings;
let rowsShown = 0;

const make = (name, text, attributes = {}) => {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const moreButton = (text, onClick) => {
  const button = make('button', text, { type: 'button' });
  button.addEventListener('click', onClick);
  return button;
};

const rest = $('rest') ?? list.parentElement.appendChild(make('p', '', { id: 'rest' }));
const drawFindings = () => {
  const shown = new Set(selected.found.slice(0, mostFindings));
  for (const index of shown) elementOf(index);
  findings.forEach(({ element }, index) => {
    if (element !== null) element.hidden = !shown.has(index);
  });
  $('none').hidden = selected.found.length > 0 || findings.length === 0;
  const left = selected.found.length - shown.size;
  rest.hidden = left === 0;
  rest.replaceChildren(moreButton('Show more findings (' + left + ' left)', () => {
    const next = selected.found[mostFindings];
    mostFindings += stepOfFindings;
    drawFindings();
    findings[next].element.firstElementChild.focus();
  }));
};

const open = (index) => {
  const element = elementOf(index);
  element.hidden = false;
  element.open = true;
  element.firstElementChild.focus();
  element.scrollIntoView({ block: 'nearest' });
};

const makeCell = (host, task) => {
  const letter = cells[host][task] ?? ' ';
  if (letter === ' ') return make('td', '', { 'aria-label': 'no such task' });
  const [name, mark, word] = signs[letter];
  const index = findingAt.get(host + ':' + task);
  if (index === undefined) return make('td', mark, { class: name, 'aria-label': word });
  const cell = make('td', '', { class: name });
  const link = make('a', mark, {
    href: '#f' + index, tabindex: '-1', 'aria-label': word + ': ' + tasks[task][0] + ' on ' + hosts[host],
  });
  cell.append(link);
  return cell;
};

const grid = $('grid');
/** What there is more of are the rows: names are read more easily there. */
const drawGrid = () => {
  const byHost = selected.hosts.length >= selected.tasks.length;
  const rows = byHost ? selected.hosts : selected.tasks;
  const columns = byHost ? selected.tasks : selected.hosts;
  const label = (isHost, at) => (isHost ? hosts[at] : tasks[at][0]);
  const table = make('table', '');
  const head = table.createTHead().insertRow();
  head.insertCell();
  for (const at of columns) {
    const cell = make('th', '', { scope: 'col', title: byHost ? tasks[at].join(' ') : hosts[at] });
    cell.append(make('span', label(!byHost, at)));
    head.append(cell);
  }
  const body = table.createTBody();
  const step = Math.max(20, Math.floor(cellsOfStep / Math.max(1, columns.length)));
  const addRows = () => {
    for (const at of rows.slice(rowsShown, rowsShown + step)) {
      const row = body.insertRow();
      row.append(make('th', label(byHost, at), { scope: 'row', title: byHost ? hosts[at] : tasks[at][1] }));
      for (const other of columns) row.append(byHost ? makeCell(at, other) : makeCell(other, at));
    }
    rowsShown = Math.min(rows.length, rowsShown + step);
    more.replaceChildren();
    if (rowsShown < rows.length)
      more.append(moreButton('Show more rows (' + (rows.length - rowsShown) + ' left)', () => { addRows(); grid.focus(); }));
  };
  rowsShown = 0;
  addRows();
  grid.replaceChildren(table);
  grid.querySelector('a')?.setAttribute('tabindex', '0');
  $('matrix').classList.toggle('broad', columns.length > 30);
  $('matrix').hidden = rows.length === 0 || columns.length === 0;
};
const more = make('p', '');
grid.after(more);

/** The next link in a direction, past cells that have none. */
const linkFrom = (cell, key) => {
  const across = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const row = cell.parentElement;
  const next = (one) => across === undefined
    ? (key === 'ArrowUp' ? one.parentElement.previousElementSibling : one.parentElement.nextElementSibling)?.cells[cell.cellIndex]
    : row.cells[one.cellIndex + across];
  for (let one = next(cell); one !== undefined && one.tagName === 'TD'; one = next(one))
    if (one.firstElementChild !== null) return one.firstElementChild;
};
grid.addEventListener('keydown', (event) => {
  const link = event.target.closest('td a');
  if (link === null || !event.key.startsWith('Arrow')) return;
  event.preventDefault();
  const next = linkFrom(link.parentElement, event.key);
  if (next === undefined) return;
  link.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
});
grid.addEventListener('click', (event) => {
  const link = event.target.closest('td a');
  if (link === null) return;
  event.preventDefault();
  open(Number(link.hash.slice(2)));
});

const count = (number, all, word) => number + ' of ' + all + ' ' + word + (all === 1 ? '' : 's');
const draw = () => {
  selected = select();
  mostFindings = stepOfFindings;
  drawFindings();
  const shown = new Set(selected.hosts);
  [...$('host-table').tBodies[0].rows].forEach((row, at) => { row.hidden = !shown.has(at); });
  drawGrid();
  $('count').textContent =
    count(selected.hosts.length, hosts.length, 'host') + ', ' + count(selected.found.length, findings.length, 'finding');
};

let waiting = 0;
/** Typing is answered once it rests: with many hosts each answer takes a moment. */
const drawSoon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 120);
};
for (const id of ['by-text', 'by-host', 'by-status']) $(id).addEventListener('input', drawSoon);
$('reset').addEventListener('click', () => {
  for (const id of ['by-text', 'by-host', 'by-status']) $(id).value = '';
  draw();
});

let closed = [];
addEventListener('beforeprint', () => {
  closed = [...list.querySelectorAll('details:not([open])')];
  for (const element of closed) element.open = true;
});
addEventListener('afterprint', () => {
  for (const element of closed) element.open = false;
});

$('filter').hidden = false;
draw();
`;
