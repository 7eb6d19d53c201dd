import { expect, test } from 'vitest';
import { renderPicture } from '../../bench/parts/profile/picture.ts';
import { type CpuProfile, stageNames, stagesOf } from '../../bench/parts/profile/stages.ts';

/** A profile of stacks, innermost function last, each for so many milliseconds. */
const profileOf = (samples: readonly (readonly [stack: readonly string[], ms: number])[]): CpuProfile => {
  const nodes: { id: number; callFrame: { functionName: string }; children: number[] }[] = [];
  const make = (functionName: string): number => {
    nodes.push({ id: nodes.length, callFrame: { functionName }, children: [] });
    return nodes.length - 1;
  };
  const root = make('(root)');
  const ids = samples.map(([stack]) =>
    stack.reduce((parent, name) => {
      const id = make(name);
      nodes[parent]?.children.push(id);
      return id;
    }, root),
  );
  return { nodes, samples: ids, timeDeltas: [0, ...samples.map(([, ms]) => ms * 1000)] };
};

const whole = [
  [['main'], 5],
  [['main', 'loadProject', 'parse'], 10],
  [['runProject', 'validateWork'], 20],
  [['node_modules/ssh2/lib/index.js'], 7],
  [['connectSsh', 'connect'], 1],
  [['(idle)'], 40],
  [['onData', 'parsePacket'], 3],
  [['exchange', 'renderScript2'], 2],
  [['(idle)'], 70],
  [['exchange', 'takeSections'], 4],
  [['#apply', '#pass'], 6],
  [['attempt', '__callDispose'], 1],
] as const;

test('time goes to the stage that has begun, work and waiting apart', () => {
  const stages = stagesOf(profileOf(whole));
  expect(stages.map(({ name }) => name)).toEqual(stageNames);
  expect(stages.map(({ workMs, waitMs }) => [Math.round(workMs), Math.round(waitMs)])).toEqual([
    [5, 0],
    [10, 0],
    [20, 0],
    [7, 0],
    [4, 40],
    [2, 70],
    [10, 0],
    [1, 0],
  ]);
});

test('a stage whose function has another name now is told', () => {
  expect(() => stagesOf(profileOf(whole.slice(0, 9)))).toThrow(
    'the stage "read the look, plan and prove" never began',
  );
});

test('the picture draws all bars on one scale, and its text is text', () => {
  const picture = renderPicture('A & B', [
    {
      title: 'first',
      rows: [
        {
          label: 'a<b',
          parts: [
            { kind: 'work', ms: 50 },
            { kind: 'wait', ms: 50 },
          ],
        },
      ],
    },
    { title: 'second', rows: [{ label: 'c', parts: [{ kind: 'host', ms: 25 }] }] },
  ]);
  expect(picture).toContain('<title>A &amp; B</title>');
  expect(picture).toContain('a&lt;b');
  expect(
    [...picture.matchAll(/<rect class="(\w+)" .*?width="([\d.]+)"/g)].map(([, kind, width]) => [kind, width]),
  ).toEqual([
    ['work', '210.0'],
    ['wait', '210.0'],
    ['host', '105.0'],
  ]);
});
