import { expect, test } from 'vitest';
import { finding } from '../../../src/triage/finding/build.ts';

const object = { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'p' };

test('a finding is sanitised in every text and has all its lists', () => {
  const made = finding({
    rule: 'pod/x',
    severity: 'high',
    object: { ...object, name: 'p\u001b[31m' },
    summary: 'bad\nnews',
    evidence: ['a\u202eb', false, undefined, ''],
    cause: 'c\u0007',
    because: [{ kind: 'Node', name: 'n\u200b1' }, undefined],
  });
  expect(made).toMatchObject({ summary: 'bad⏎news', evidence: ['ab'], cause: 'c', fixes: [] });
  expect(made.object.name).toBe('p');
  expect(made.because).toEqual([{ kind: 'Node', name: 'n1' }]);
});

test('a command that the sanitiser would change is left out: it would not do what it says', () => {
  const fixes = [
    { text: 'a', command: 'kubectl get pod\nrm x' },
    { text: 'b', command: 'kubectl get pod', safe: false },
  ];
  expect(finding({ rule: 'pod/x', severity: 'warn', object, summary: 's', fixes }).fixes).toEqual([
    { text: 'a', safe: true },
    { text: 'b', command: 'kubectl get pod', safe: false },
  ]);
});

test('a time that cannot be read is no time', () => {
  const since = { at: Number.NaN, exact: true };
  expect(finding({ rule: 'pod/x', severity: 'warn', object, summary: 's', since })).not.toHaveProperty('since');
});

test('an endless list of evidence is cut, and says so', () => {
  const evidence = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  const made = finding({ rule: 'pod/x', severity: 'warn', object, summary: 's', evidence });
  expect(made.evidence).toHaveLength(41);
  expect(made.evidence.at(-1)).toBe('and 60 more lines');
});
