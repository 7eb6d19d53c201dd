import { expect, test } from 'vitest';
import { MessageLedger } from '../containers/synapse/traffic/message-ledger.ts';

test('a ledger tells what was lost and what came twice', () => {
  const ledger = new MessageLedger(['a', 'b']);
  for (const text of ['1', '2']) ledger.send(text);
  expect(ledger.lost).toEqual(['a: 1', 'a: 2', 'b: 1', 'b: 2']);
  for (const text of ['1', '2']) ledger.receive('a', text);
  for (const text of ['2', '2']) ledger.receive('b', text);
  expect(ledger.sent).toBe(2);
  expect(ledger.lost).toEqual(['b: 1']);
  expect(ledger.doubled).toEqual(['b: 2']);
  expect(ledger.receivedPerUser).toEqual({ a: 2, b: 1 });
});

test('a message that came before its sender knew that it was taken is not lost', () => {
  const ledger = new MessageLedger(['a']);
  ledger.receive('a', '1');
  ledger.send('1');
  expect(ledger.lost).toEqual([]);
  expect(ledger.doubled).toEqual([]);
});
