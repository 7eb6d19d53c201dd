import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answerSh, httpLook, parseHttpLook } from '../../src/facts/http-looks.ts';
import { plainRequest } from '../../src/model/http-request.ts';

const url = 'http://user:hunter1@a.example.org/f?token=hunter2';

const request = {
  ...plainRequest(url),
  method: 'POST',
  username: 'me',
  password: 'hunter3',
  headers: { Authorization: 'Bearer hunter4' },
  body: { bytes: new TextEncoder().encode('hunter5\n') },
};

describe('a request', () => {
  test('has a name that tells no secret, and another for another request', () => {
    const { id } = httpLook(request, 'content', {});
    expect(id).not.toContain('hunter');
    expect(id).not.toBe(httpLook({ ...request, password: 'x' }, 'content', {}).id);
    expect(httpLook(plainRequest('http://a/'), 'content', {}).id).toBe('GET content http://a/ as ');
  });

  test.each(['curl', 'wget'])('puts nothing secret into the arguments of %s', (client) => {
    const folder = mkdtempSync(join(tmpdir(), 'syn-deploy-test-'));
    try {
      for (const name of ['curl', 'wget']) {
        const spy = `#!/bin/sh\nprintf '%s ' "$@" >>${folder}/arguments\ncat >>${folder}/read\ncat options body >>${folder}/read 2>/dev/null\ncat <&5 >>${folder}/read\n`;
        writeFileSync(join(folder, name), spy);
        chmodSync(join(folder, name), 0o755);
      }
      if (client === 'wget') rmSync(join(folder, 'curl'));
      const hide = client === 'wget' ? 'command() { [ "$2" = wget ]; }\n' : '';
      const { status } = spawnSync('sh', ['-s'], {
        input: `${hide}( ${answerSh(request, 'content', false).sh}\n) 5</dev/null </dev/null\n`,
        env: { PATH: `${folder}:${process.env['PATH']}` },
      });
      expect(status).toBe(0);
      expect(readFileSync(join(folder, 'arguments'), 'utf8')).not.toContain('hunter');
      for (const secret of ['hunter1', 'hunter2', 'hunter3', 'hunter4', 'hunter5'])
        expect(readFileSync(join(folder, 'read'), 'utf8')).toContain(secret);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('that was not made has no answer', () => {
    expect(parseHttpLook('', 'content', url)).toBeUndefined();
  });
});
