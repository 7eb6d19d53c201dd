import './silence-sdk.ts';
import { randomBytes } from 'node:crypto';
import {
  ClientEvent,
  type MatrixClient,
  type MatrixEvent,
  Preset,
  PushRuleKind,
  type Room,
} from 'matrix-js-sdk';
import { expect, vi } from 'vitest';
import type { Account } from './accounts.ts';
import { until } from './matrix-sdk.ts';
import type { Recorder } from './recorder.ts';

/** Two people who sync, and the second one's other device, which does not. */
export interface Cast {
  readonly alice: MatrixClient;
  readonly bob: MatrixClient;
  readonly bobsPhone: MatrixClient;
  readonly recorder: Recorder;
}

/** Where they met, and what was said last. */
export interface Meeting {
  readonly room: string;
  readonly event: string;
}

/** The longest that a message may take from one client to the other, who waits for it. */
const wakeUpMs = 3000;

const roomOf = (client: MatrixClient, room: string): Room => {
  const found = client.getRoom(room);
  if (found === null) throw new Error(`${client.getSafeUserId()} does not know ${room}`);
  return found;
};

const textsOf = (room: Room): readonly string[] =>
  room
    .getLiveTimeline()
    .getEvents()
    .map((event) => String(event.getContent()['body']));

/** A sync of the user waits at the server for something to happen. */
const waitsForNews = (client: MatrixClient, recorder: Recorder): Promise<unknown> =>
  vi.waitUntil(
    () =>
      recorder.requests.some(
        ({ user, target, status }) =>
          user === client.getSafeUserId() && /\/sync\?.*since=/.test(target) && status === undefined,
      ),
    { timeout: 30_000, interval: 5 },
  );

/** Profiles; a room, an invitation, a join. */
export const meet = async ({ alice, bob, recorder }: Cast): Promise<string> => {
  recorder.begin('alice names herself, and bob looks her up');
  await alice.setDisplayName('Alice');
  const { displayname } = await bob.getProfileInfo(alice.getSafeUserId());
  expect(displayname).toBe('Alice');

  recorder.begin('alice makes a room and invites bob, who joins');
  const { room_id: room } = await alice.createRoom({ preset: Preset.PrivateChat, name: 'Traffic' });
  await alice.invite(room, bob.getSafeUserId());
  await until(bob, 'bob is invited', () => bob.getRoom(room)?.getMyMembership() === 'invite');
  await bob.joinRoom(room);
  const isJoined = (client: MatrixClient) =>
    client.getRoom(room)?.getMember(bob.getSafeUserId())?.membership === 'join';
  await until(bob, 'bob knows that he joined', () => isJoined(bob));
  await until(alice, 'alice knows that bob joined', () => isJoined(alice));
  return room;
};

/** A message wakes bob up, and all that is small reaches him too. */
export const talk = async (cast: Cast, room: string): Promise<Meeting> => {
  const { alice, bob, recorder } = cast;
  const aliceId = alice.getSafeUserId();

  recorder.begin('bob waits with a sync, and alice sends a message');
  await waitsForNews(bob, recorder);
  const sentAt = performance.now();
  const { event_id: event } = await alice.sendTextMessage(room, 'wake up');
  await until(bob, 'bob has the message', () => textsOf(roomOf(bob, room)).includes('wake up'));
  expect(performance.now() - sentAt, 'ms until bob has the message').toBeLessThan(wakeUpMs);

  recorder.begin('alice types');
  await alice.sendTyping(room, true, 20_000);
  await until(bob, 'bob sees alice type', () => roomOf(bob, room).getMember(aliceId)?.typing === true);
  await alice.sendTyping(room, false, 0);
  await until(bob, 'bob sees alice stop', () => roomOf(bob, room).getMember(aliceId)?.typing === false);

  recorder.begin('bob answers, and alice reads it');
  const { event_id: answer } = await bob.sendTextMessage(room, 'I am');
  await until(alice, 'alice has the answer', () => textsOf(roomOf(alice, room)).includes('I am'));
  await alice.sendReadReceipt(roomOf(alice, room).findEventById(answer) ?? null);
  await until(bob, 'bob sees that alice has read it', () =>
    roomOf(bob, room).hasUserReadEvent(aliceId, answer),
  );
  await bob.setRoomReadMarkers(room, event);
  await until(bob, 'bob has his own read marker', () => {
    const marker = roomOf(bob, room).getAccountData('m.fully_read')?.getContent();
    return marker?.['event_id'] === event;
  });

  recorder.begin('alice is away');
  await alice.setPresence({ presence: 'unavailable', status_msg: 'at the pond' });
  await until(
    bob,
    'bob sees that alice is away',
    () => bob.getUser(aliceId)?.presenceStatusMsg === 'at the pond',
  );
  expect((await bob.getPresence(aliceId)).status_msg).toBe('at the pond');

  await sendToDevice(cast);
  return { room, event: answer };
};

const sendToDevice = async ({ alice, bob, recorder }: Cast): Promise<void> => {
  recorder.begin("alice sends to bob's device");
  const got: MatrixEvent[] = [];
  bob.on(ClientEvent.ToDeviceEvent, (message) => got.push(message));
  const content = new Map([[bob.getDeviceId() ?? '', { text: 'for this device' }]]);
  await alice.sendToDevice('org.test.note', new Map([[bob.getSafeUserId(), content]]));
  const isIt = (message: MatrixEvent) =>
    message.getType() === 'org.test.note' && message.getContent()['text'] === 'for this device';
  await until(bob, 'bob’s device has the message', () => got.some(isIt));
  expect(got.filter(isIt), 'messages to the device').toHaveLength(1);
};

/** What one of bob's devices sets, the other knows. */
export const keepSettings = async ({ bob, bobsPhone, recorder }: Cast, room: string): Promise<void> => {
  const dataOf = (event: MatrixEvent | undefined): unknown => event?.getContent()['value'];

  recorder.begin("bob's other device sets account data");
  await setAccountData(bobsPhone, 'org.test.setting', { value: 'global' });
  await until(bob, 'bob has account data of his phone', () => dataOf(accountData(bob)) === 'global');
  await bobsPhone.setRoomAccountData(room, 'org.test.setting', { value: 'of the room' });
  await until(bob, 'bob has room account data of his phone', () => {
    return dataOf(roomOf(bob, room).accountData.get('org.test.setting')) === 'of the room';
  });

  recorder.begin("bob's other device tags the room");
  await bobsPhone.setRoomTag(room, 'u.test', { order: 0.5 });
  await until(bob, 'bob has the tag', () => roomOf(bob, room).tags['u.test']?.['order'] === 0.5);
  expect((await bobsPhone.getRoomTags(room)).tags).toHaveProperty(['u.test']);
  await bobsPhone.deleteRoomTag(room, 'u.test');
  await until(bob, 'bob has no tag', () => roomOf(bob, room).tags['u.test'] === undefined);

  recorder.begin("bob's other device changes push rules");
  const rule = () => bob.pushRules?.global.content?.find(({ rule_id }) => rule_id === 'test');
  await bobsPhone.addPushRule('global', PushRuleKind.ContentSpecific, 'test', {
    pattern: 'pond',
    actions: [],
  });
  await until(bob, 'bob has the push rule', () => rule()?.pattern === 'pond' && rule()?.enabled === true);
  await bobsPhone.setPushRuleEnabled('global', PushRuleKind.ContentSpecific, 'test', false);
  await until(bob, 'bob has the push rule disabled', () => rule()?.enabled === false);
  await bobsPhone.deletePushRule('global', PushRuleKind.ContentSpecific, 'test');
  await until(bob, 'bob has no push rule', () => rule() === undefined);
};

/** The SDK's types know only the account data of the specification. */
const settingType = 'org.test.setting' as 'm.secret_storage.default_key';
const setAccountData = (client: MatrixClient, type: string, content: object): Promise<unknown> =>
  client.setAccountData(type as typeof settingType, content as Record<string, never>);
const accountData = (client: MatrixClient): MatrixEvent | undefined => client.getAccountData(settingType);

/** What is uploaded comes back as it was, for those who are logged in. */
export const exchangeMedia = async (
  { alice, bob, recorder }: Cast,
  reader: { readonly account: Account },
): Promise<void> => {
  recorder.begin('alice uploads, and bob downloads');
  // Never uploaded before: the server remembers what it quarantined by its hash.
  const bytes = randomBytes(50_000);
  const { content_uri: uri } = await alice.uploadContent(bytes, {
    name: 'x.bin',
    type: 'application/octet-stream',
  });
  const url = bob.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true) ?? '';
  expect(url).toContain('/_matrix/client/v1/media/download/');
  const headers = { Authorization: `Bearer ${reader.account.token}` };
  const response = await recorder.fetchAs(reader.account.userId)(url, { headers });
  expect(response.status, url).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes), `${url} gives the same bytes`).toBe(true);
  expect((await bob.getMediaConfig())['m.upload.size']).toBeGreaterThan(0);
};

/** What main answers, and who is in the directory. */
export const lookAround = async ({ alice, bob, recorder }: Cast, { room, event }: Meeting): Promise<void> => {
  recorder.begin('alice looks for bob in the user directory');
  const term = bob.getSafeUserId().replace(/^@|:.*/g, '');
  await vi.waitFor(
    async () => {
      const { results } = await alice.searchUserDirectory({ term });
      expect(
        results.map(({ user_id: user }) => user),
        `users found for ${term}`,
      ).toContain(bob.getSafeUserId());
    },
    { timeout: 30_000, interval: 250 },
  );

  recorder.begin('alice looks around');
  // The slash must reach Synapse as it was sent.
  const alias = `#pond/${room.slice(1, 9).toLowerCase()}:${bob.getDomain()}`;
  await alice.createAlias(alias, room);
  expect((await bob.getRoomIdForAlias(alias)).room_id).toBe(room);
  expect((await bob.getJoinedRooms()).joined_rooms).toContain(room);
  expect((await bob.fetchRoomEvent(room, event)).event_id).toBe(event);
  expect((await bob.whoami()).user_id).toBe(bob.getSafeUserId());
  expect(Object.keys((await alice.downloadKeysForUsers([bob.getSafeUserId()])).device_keys)).toEqual([
    bob.getSafeUserId(),
  ]);
  expect((await bob.getDevices()).devices.map(({ device_id: id }) => id)).toContain(bob.getDeviceId());
  await bob.scrollback(roomOf(bob, room));
};
