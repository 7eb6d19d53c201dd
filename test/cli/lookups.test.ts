import { expect, test } from 'vitest';
import { createLookups } from '../../src/cli/lookups.ts';
import type { Play, Role } from '../../src/model/play.ts';
import { memoryFiles } from '../support/memory-files.ts';

const files = memoryFiles({
  'site/files/a': 'the playbook’s',
  'site/b': 'beside the playbook',
  'site/roles/web/files/a': 'the role’s',
  'site/roles/web/templates/t.j2': '{{ x }}',
  'site/vars/debian.yml': '{}',
});
const play = { playbook: 'site/play.yaml' } as Play;
const role = { folder: 'site/roles/web' } as Role;
const lookups = createLookups(files, { HOME: '/home/me' });

test('a file is looked for in files/ of the role, then beside the playbook, as Ansible does', () => {
  expect(lookups(play, role).file?.('a')).toBe('the role’s');
  expect(lookups(play, undefined).file?.('a')).toBe('the playbook’s');
  expect(lookups(play, role).file?.('b')).toBe('beside the playbook');
  expect(lookups(play, role).file?.('c')).toBeUndefined();
});

test('a template is looked for in templates/, and first_found looks in all of them', () => {
  expect(lookups(play, role).template?.('t.j2')).toBe('{{ x }}');
  expect(lookups(play, undefined).template?.('t.j2')).toBeUndefined();
  expect(lookups(play, role).find?.('debian.yml')).toBe('site/vars/debian.yml');
  expect(lookups(play, role).find?.('t.j2')).toBe('site/roles/web/templates/t.j2');
});

test('a play and role have the same lookups each time', () => {
  expect(lookups(play, role)).toBe(lookups(play, role));
  expect(lookups(play, role)).not.toBe(lookups(play, undefined));
  expect(lookups(play, role).env?.('HOME')).toBe('/home/me');
});
