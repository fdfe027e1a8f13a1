import { execFileSync } from 'node:child_process';
import fc, { property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from '../../../src/text/shell-word.ts';
import { command, named } from '../../../src/triage/finding/shell.ts';

const view = { context: 'prod admin@eu' };

test('a command names the context that was looked at and quotes what a shell would read into', () => {
  expect(command(view, ['kubectl', 'get', 'pod', "it's", '-n', 'a'])).toBe(
    "kubectl --context 'prod admin@eu' get pod 'it'\\''s' -n a",
  );
  expect(command({ context: undefined }, ['kubectl', 'get', 'pod'])).toBe('kubectl get pod');
});

test('a shell gets back every word as it was', () => {
  fc.assert(
    property(string({ unit: 'grapheme' }), word => {
      // No shell word can hold a NUL.
      if (word.includes('\0')) return;
      expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
    }),
    { numRuns: 30, examples: [['~'], ['=x'], ['$(id)'], ['a\nb'], ['-n'], [''], ["'"]] },
  );
});

test('an object is named so that kubectl takes no other kind for it', () => {
  expect(named({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' })).toEqual([
    'deployment/web',
    '-n',
    'shop',
  ]);
  expect(named({ apiVersion: 'v1', kind: 'Node', name: 'n1' })).toEqual(['node/n1']);
  expect(named({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'a' })[0]).toBe(
    'application.argoproj.io/a',
  );
});
