import { describe, expect, test } from 'vitest';
import { packageGlob, packageGlobs } from '../../src/facts/package-globs.ts';
import { observeLocally, printing } from './support/run-script.ts';

const look = (...patterns: readonly string[]) =>
  observeLocally(packageGlobs, patterns.map(packageGlob), {
    'apt-cache': printing('php8.2\nphp8.2-fpm\nphp812\ng++\ngcc'),
    'dpkg-query': printing('ii  php8.2\nrc  php8.2-fpm\nii  php8.1'),
  });

describe('patterns for packages', () => {
  test('a pattern stands for what the lists have and for what is installed', () => {
    expect(look('php8.*').get('php8.*')).toEqual({
      available: ['php8.2', 'php8.2-fpm'],
      installed: ['php8.1', 'php8.2'],
    });
  });

  test('all characters but those of patterns stand for themselves', () => {
    expect(look('g+*').get('g+*')).toEqual({ available: ['g++'], installed: [] });
    expect(look('g[!+]?').get('g[!+]?')).toEqual({ available: ['gcc'], installed: [] });
  });

  test('strange output is an error that shows it', () => {
    expect(() => packageGlobs.parse('E: broken\n', [packageGlob('*')])).toThrow('E: broken');
  });
});
