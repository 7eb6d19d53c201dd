import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sockets, tcpSocket, unixSocket } from '../../src/facts/sockets.ts';
import { observeLocally, temporaryFolder } from './support/run-script.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (address: string, state: string) =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0`;
const row6 = (address: string) =>
  `   0: ${address} 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1`;

const output = `@tcp
${head}
${row('00000000:0016', '0A')}
${row('0100007F:18EB', '0A')}
${row('0100007F:1F90', '01')}
@tcp6
${head}
${row6('00000000000000000000000000000000:0016')}
${row6('00000000000000000000000001000000:0050')}
${row6('B80D0120000000000000000001000000:01BB')}
${row6('0000000000000000FFFF00000100007F:0051')}
@unix
Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/my app/x.sock
0000000000000000: 00000003 00000000 00000000 0001 03 12346 /run/connected.sock
0000000000000000: 00000002 00000000 00010000 0001 01 12347 @/tmp/abstract
0000000000000000: 00000003 00000000 00000000 0001 03 12348
`;

const look = (key: ReturnType<typeof tcpSocket>) => sockets.parse(output, [key]).get(key.id);

describe('the fact of a listening socket', () => {
  test('has all addresses that the port listens on', () => {
    expect(look(tcpSocket(22))).toEqual({ addresses: ['0.0.0.0', '::'] });
    expect(look(tcpSocket(6379))).toEqual({ addresses: ['127.0.0.1'] });
  });

  test('has IPv6 addresses in their short form, mapped ones as IPv4', () => {
    expect(look(tcpSocket(80))).toEqual({ addresses: ['::1'] });
    expect(look(tcpSocket(443))).toEqual({ addresses: ['2001:db8::1'] });
    expect(look(tcpSocket(81))).toEqual({ addresses: ['127.0.0.1'] });
  });

  test('counts a wildcard for every address, and another address for none', () => {
    expect(look(tcpSocket(22, '127.0.0.1'))).not.toBe('absent');
    expect(look(tcpSocket(6379, '::1'))).toBe('absent');
    expect(look(tcpSocket(80, '::1'))).not.toBe('absent');
  });

  test('is absent for a mere connection', () => {
    expect(look(tcpSocket(8080))).toBe('absent');
    expect(look(unixSocket('/run/connected.sock'))).toBe('absent');
  });

  test('is there for a UNIX socket by its path, blanks included', () => {
    expect(look(unixSocket('/run/my app/x.sock'))).toEqual({ addresses: ['/run/my app/x.sock'] });
    expect(look(unixSocket('/tmp/abstract'))).toBe('absent');
  });

  test('is an error for a strange line', () => {
    expect(() => sockets.parse('@tcp\n 0: what', [tcpSocket(1)])).toThrow('0: what');
  });
});

test('a socket whose name goes on in the next line makes nobody believe in a port', async () => {
  using folder = temporaryFolder();
  process.chdir(folder.path);
  const name = '\n@tcp\n   0: 00000000:0007 00000000:0000 0A 0';
  const server = createServer().listen(name);
  await once(server, 'listening');
  const other = createServer().listen(join(folder.path, 'plain'));
  await once(other, 'listening');
  const keys = [tcpSocket(7), unixSocket(join(folder.path, 'plain'))];
  const found = observeLocally(sockets, keys);
  expect([...found.values()]).toEqual(['absent', { addresses: [join(folder.path, 'plain')] }]);
  process.chdir('/');
  server.close();
  other.close();
});
