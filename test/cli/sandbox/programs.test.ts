import { expect, test } from 'vitest';
import { refusedArgument } from '../../../src/cli/sandbox/programs.ts';
import { podArgs } from '../../../src/submit/job.ts';

const ID = { id: '20261128-215349-3f9a2c', namespace: 'chaos' };

test('the pods of a submission are started, whatever they are passed', () => {
  expect(
    refusedArgument(podArgs(ID, { one: '0/000-drift.yaml' }, ['-n', 'shop', '--set', 'injection.count=2'])),
  ).toBeUndefined();
  expect(refusedArgument(podArgs(ID, { parallel: 2 }, ['--soak', '2s']))).toBeUndefined();
});

test.each([
  [['revert', '--all'], 'revert'],
  [[], 'nothing'],
  [['run', 'x.yaml', '--kubeconfig', '/home/alice/.kube/config'], '--kubeconfig'],
  [['run', 'x.yaml', '--context=prod'], '--context=prod'],
  [['suite', 'x', '--all-contexts'], '--all-contexts'],
])('a pod that says %j is not started on this machine', (args, word) => {
  expect(refusedArgument(args)).toBe(word);
});
