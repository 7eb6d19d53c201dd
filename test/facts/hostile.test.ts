import { expect, test } from 'vitest';
import { account } from '../../src/facts/accounts.ts';
import { aptCandidate } from '../../src/facts/apt-candidates.ts';
import { aptLists } from '../../src/facts/apt-lists.ts';
import { aptName } from '../../src/facts/apt-names.ts';
import { aptSimulation } from '../../src/facts/apt-simulations.ts';
import { checksum } from '../../src/facts/checksums.ts';
import { content } from '../../src/facts/contents.ts';
import { debFile } from '../../src/facts/deb-files.ts';
import { debconfAnswer } from '../../src/facts/debconf-answers.ts';
import { file } from '../../src/facts/files.ts';
import { group } from '../../src/facts/groups.ts';
import { factKinds } from '../../src/facts/kinds.ts';
import { memory } from '../../src/facts/memory.ts';
import { packageGlob } from '../../src/facts/package-globs.ts';
import { packageFact } from '../../src/facts/packages.ts';
import { pipEnvironment } from '../../src/facts/pip-packages.ts';
import { postgres } from '../../src/facts/postgres.ts';
import { probe } from '../../src/facts/probes.ts';
import { tcpSocket, unixSocket } from '../../src/facts/sockets.ts';
import { system } from '../../src/facts/system.ts';
import { systemdManager } from '../../src/facts/systemd-manager.ts';
import { tree } from '../../src/facts/trees.ts';
import { unitInstances } from '../../src/facts/unit-instances.ts';
import { unit } from '../../src/facts/units.ts';
import { type FactKey, StrangeOutput } from '../../src/model/fact.ts';
import { rawSh } from '../../src/shell/sh.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';
import { hostileText } from '../support/hostile-text.ts';
import { type Sample, systemSamples } from './hostile-samples.ts';

const hash = 'a'.repeat(64);
const role = {
  ...{ superuser: false, createrole: false, createdb: false, inherit: true, login: true },
  ...{ replication: false, bypassrls: false, connLimit: -1, validUntil: null, comment: null },
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** An answer of every kind, as hosts give it. */
const samples: readonly Sample[] = [
  ...systemSamples,
  {
    keys: [account('app', true), account('gone')],
    output: `P:app:x:1000:1000:App,,,:/srv/app:/bin/sh\nH:app\nS:app:1::${hash}:0:99999:7:\nG:app:x:1000:\nG:www:x:33:app,b\n`,
  },
  {
    keys: [aptCandidate('redis'), aptCandidate('nginx', 'bookworm')],
    output:
      '= \nredis:\n  Installed: (none)\n  Candidate: 5:7.0.15\n  Version table:\n     5:7.0.15 500\n        500 http://x y\n= bookworm\nnginx:\n  Installed: 1\n  Candidate: 1\n  Version table:\n *** 1 100\n        100 /var/lib/dpkg/status\n',
  },
  { keys: [aptLists], output: '3600 1\n' },
  { keys: [aptName('redis'), aptName('libc6:i386')], output: 'libc6\n' },
  {
    keys: [aptSimulation('upgrade'), aptSimulation('clean')],
    output:
      '= 0\nInst a [1] (2 Debian:12 [amd64])\nRemv b [1]\nConf a (2 Debian:12 [amd64])\n. 0\n= 1\nDel x.deb\n. 0\n',
  },
  { keys: [checksum('/a', 'md5'), checksum('/b', 'sha1')], output: `0 ${'b'.repeat(32)}\n` },
  {
    keys: [content('/a', { sha256: hash, sizeBytes: 3 }), content('/b'), content('/c\n')],
    output: `= 0\n1 ${hash} 3 ${base64('abc')}\n2 failed not a regular file\n`,
  },
  { keys: [debFile('/a.deb'), debFile('/b.deb')], output: '0 is a 1.0\n1 failed not a Debian package\n' },
  {
    keys: [debconfAnswer('a/b'), debconfAnswer('c/d', true)],
    output: `0\ta, b\tseen\t=yes\n1\tc\t\t#${hash}\n`,
  },
  {
    keys: [file('/a'), file('/b\n'), file('/gone')],
    output: [
      ...[
        'F',
        '/a',
        'regular file',
        '644',
        'root',
        'root',
        '0',
        '0',
        '3',
        '1700000000.5',
        '7',
        '1',
        "'/a'",
        '1',
        '1.5',
        '64',
      ],
      ...[
        'F',
        '/b\n',
        'symbolic link',
        '777',
        'UNKNOWN',
        'root',
        '9',
        '0',
        '3',
        '17',
        '8',
        '1',
        "'/b' -> 'x'",
        ...['1', '1', '64'],
      ],
      ...['E', "stat: cannot statx '/gone': No such file or directory\n"],
      ...[`${hash}  /a`, 'L', '/b\n', 'x', ''],
    ].join('\0'),
  },
  { keys: [group('www'), group('33')], output: 'www:x:33:app,b\n' },
  {
    keys: [memory(true)],
    output: `owed 1 ${base64('{"handler":"h","task":"t","source":"s","since":"x"}')}\nmanifest m.json ${base64('{"entries":[null]}')}\nmade m.json ${base64('file:/x\n')}\n`,
  },
  { keys: [packageGlob('redis*')], output: '0 available redis\n0 installed redis-server\n' },
  {
    keys: [packageFact('redis'), packageFact('libc6:i386'), packageFact('mta')],
    output:
      'amd64\nredis\tredis\t5:7\tamd64\tii \nlibc6:i386\tlibc6\t2\ti386\thi \nmta\texim4\t4\tall\tii \n',
  },
  {
    keys: [pipEnvironment('/srv/venv'), pipEnvironment(undefined)],
    output: '= 0\np 3.11\nmatrix_synapse-1.2.dist-info\npip-23.egg-info\n= 1\np 3.11\n',
  },
  {
    keys: [postgres({ user: 'postgres' }, 'x')],
    output: `= 0\n${JSON.stringify({ version: 150_004, roles: { x: role }, databases: {} })}\n{"x":"md5abc"}\n! a complaint\n`,
  },
  {
    keys: [probe('a', rawSh('true'), {}), probe('b', rawSh('true'), {})],
    output: `0 0 ${base64('out')} \n1 124  ${base64('err')}\n`,
  },
  {
    keys: [tcpSocket(80), tcpSocket(443, '::1'), unixSocket('/run/x')],
    output:
      '@tcp\n  sl  local_address rem_address   st\n   0: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1\n@tcp6\n   0: 00000000000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A 0\n@unix\nNum RefCount Protocol Flags Type St Inode Path\n0000: 00000002 00000000 00010000 0001 01 20 /run/x\n',
  },
  {
    keys: [system],
    output:
      'os.ID=debian\nos.VERSION_ID="12"\nuname=host.example.org 6.1 x86_64\nfqdn=host.example.org\ndebian=12.5\narchitecture=amd64\nprocessors=4\nmem.MemTotal=1000000\ninit=systemd\nroute4=192.0.2.1 via 10.0.0.1 dev eth0 src 10.0.0.2\nuser=root 0\nvirtualization=kvm\ndate=1700000000 +0000 UTC 2023-11-14 22:13:20 Tuesday 2 46\n',
  },
  {
    keys: [systemdManager(true)],
    output:
      '@units\nId=a.service\nLoadState=loaded\nNeedDaemonReload=no\nDropInPaths=\n\nId=b\n@folders\nD /etc/systemd/system/a.service.d/x.conf\n',
  },
  {
    keys: [tree('/srv/a'), tree('/srv/b')],
    output: [
      ...[
        'T',
        '0',
        'd',
        '755',
        'root',
        'root',
        '0',
        '0',
        '4096',
        '',
        'f',
        '44',
        'app',
        'app',
        '1',
        '1',
        '3',
        'a\nb',
      ],
      ...['', '', 'T', '1', '', 'absent', ''],
    ].join('\0'),
  },
  {
    keys: [unitInstances('w@.service')],
    output:
      '@units\nw@1.service loaded active running A worker\n@folders\nL multi-user.target.wants/w@2.service\nD /etc/systemd/system/w@.service.d/x.conf\n',
  },
  {
    keys: [unit('a'), unit('w@.service')],
    output:
      '@show\nId=a.service\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nFragmentPath=/etc/systemd/system/a.service\nDropInPaths=/etc/systemd/system/a.service.d/x.conf\nType=simple\nNRestarts=0\nMainPID=7\nActiveEnterTimestamp=Mon 2026-11-23 23:52:34.687162 UTC\nStateChangeTimestamp=n/a\n@templates\nw@.service enabled enabled\n@folders\nL multi-user.target.wants/a.service\n@install\n/etc/systemd/system/a.service\0[Install]\n/etc/systemd/system/a.service\0WantedBy=multi-user.target\n',
  },
];

const parse = (keys: readonly FactKey[], output: string) => {
  const kind = factKinds.get(keys[0]?.kind ?? '');
  if (kind === undefined) throw new Error('no such kind');
  return kind.parse(output, keys);
};

/** Bytes that are no UTF-8, as they reach a parser. */
const brokenText = (next: (below: number) => number): string =>
  Buffer.from(Array.from({ length: next(40) }, () => next(256))).toString();

/** A text with a few pieces taken out, doubled, or put in. */
const mutated = (text: string, next: (below: number) => number): string => {
  let result = text;
  for (let count = 1 + next(4); count > 0; count -= 1) {
    const [at, length] = [next(result.length + 1), next(30)];
    const piece = [
      () => hostileText(next),
      () => brokenText(next),
      () => '',
      () => result.slice(next(result.length + 1)).slice(0, next(60)),
      () =>
        ['constructor', '__proto__', '-1', '99999999999999999999', 'NaN', '\0\0', 'null', '@show'][next(8)] ??
        '',
    ][next(5)]?.();
    result = result.slice(0, at) + piece + result.slice(at + length);
  }
  return result;
};

test('there is an answer of every kind among the samples, and it is read', () => {
  expect(samples.map(({ keys }) => keys[0]?.kind).sort()).toEqual([...factKinds.keys()].sort());
  for (const { keys, output } of samples) {
    const found = parse(keys, output);
    for (const key of keys) expect(found.get(key.id), key.kind).toBeDefined();
  }
});

test('whatever a host prints, a parser reads it or says that it is strange, and nothing else', () => {
  const next = chance(31);
  for (let count = caseCount(); count > 0; count -= 1)
    for (const { keys, output } of samples) {
      const strange = next(5) === 0 ? hostileText(next) + brokenText(next) : mutated(output, next);
      try {
        const found = parse(keys, strange);
        const kind = factKinds.get(keys[0]?.kind ?? '');
        // What is remembered of it is worked out too.
        for (const value of found.values())
          if (typeof value === 'object' && value !== null && value.constructor === Object)
            kind?.lasting?.(value);
      } catch (error) {
        if (!(error instanceof StrangeOutput))
          throw new Error(`${keys[0]?.kind}: ${JSON.stringify(strange)}`, { cause: error });
      }
    }
});

test('a line that is made to be gone over again and again is read in one go', () => {
  const length = 300_000;
  const lines = ['a-', '-', ' ', '=', ':', '/', '0:', '\t', ',', '[Install] ', 'WantedBy=a ', "'"].map(
    (piece) => piece.repeat(length / piece.length),
  );
  for (const { keys, output } of samples)
    for (const line of lines)
      for (const text of [
        line,
        `${output}${line}x\n`,
        output.replace(/(?<=[ =\t\0])(?=[^\n\0]*[\n\0]*$)/, line),
      ])
        expect(() => {
          try {
            parse(keys, text);
          } catch (error) {
            if (!(error instanceof StrangeOutput)) throw error;
          }
        }).not.toThrow();
});
