import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentCommit, describeOrigin, playbookName } from '../../src/workspace/origin.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'syn-deploy-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const write = (name: string, text: string): void => {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const one = '1'.repeat(40);
const two = '2'.repeat(40);

describe('the commit of a folder', () => {
  it('is that of the branch, found from a folder below', () => {
    write('.git/HEAD', 'ref: refs/heads/main\n');
    write('.git/refs/heads/main', `${one}\n`);
    write('playbooks/site.yaml', '');
    expect(currentCommit(path.join(dir, 'playbooks'))).toBe(one);
  });

  it('is found among packed refs, where a loose one is stronger', () => {
    write('.git/HEAD', 'ref: refs/heads/main\n');
    write(
      '.git/packed-refs',
      `# pack-refs with: peeled\n${two} refs/heads/other/refs/heads/main\n${one} refs/heads/main\n`,
    );
    expect(currentCommit(dir)).toBe(one);
    write('.git/refs/heads/main', `${two}\n`);
    expect(currentCommit(dir)).toBe(two);
  });

  it('is that of a detached HEAD', () => {
    write('.git/HEAD', `${one}\n`);
    expect(currentCommit(dir)).toBe(one);
  });

  it('is that of a linked work tree', () => {
    write('main/.git/worktrees/w/HEAD', 'ref: refs/heads/topic\n');
    write('main/.git/worktrees/w/commondir', '../..\n');
    write('main/.git/refs/heads/topic', `${one}\n`);
    write('w/.git', `gitdir: ${path.join(dir, 'main/.git/worktrees/w')}\n`);
    expect(currentCommit(path.join(dir, 'w'))).toBe(one);
  });

  it('is not told before the first commit, or where HEAD is broken', () => {
    write('.git/HEAD', 'ref: refs/heads/main\n');
    expect(currentCommit(dir)).toBeUndefined();
    write('.git/HEAD', 'something\n');
    expect(currentCommit(dir)).toBeUndefined();
  });
});

describe('the origin of a run', () => {
  it('names the account and the machine', () => {
    const { user, hostname: name } = describeOrigin(dir);
    expect(user).not.toBe('');
    expect(name).toBe(hostname());
  });
});

describe('the name of a playbook', () => {
  const remote = (url: string): void => {
    write('.git/HEAD', 'ref: refs/heads/main\n');
    write('.git/config', `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = +x:y\n`);
    write('playbooks/site.yaml', '');
  };

  it('is where its repository is fetched from and the path in it, however it is fetched', () => {
    for (const url of [
      'https://git.example.org/team/hosts.git',
      'https://me:secret@git.example.org/team/hosts',
      'git@git.example.org:team/hosts.git',
      'ssh://git@git.example.org/team/hosts/',
    ]) {
      remote(url);
      expect(playbookName(path.join(dir, 'playbooks/site.yaml')), url).toBe(
        'git.example.org/team/hosts playbooks/site.yaml',
      );
    }
  });

  it('is its own where nothing is fetched from anywhere: two projects with a site.yaml are two', () => {
    for (const project of ['a', 'b']) write(`${project}/site.yaml`, '');
    expect(playbookName(path.join(dir, 'a/site.yaml'))).toBe(`${hostname()} ${dir}/a/site.yaml`);
    expect(playbookName(path.join(dir, 'b/site.yaml'))).not.toBe(playbookName(path.join(dir, 'a/site.yaml')));
  });
});
