import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resultsOption } from '../../src/cli/submit/pod-result.ts';
import { podSpecOption } from '../../src/cli/submit/pod-spec.ts';
import { mayday } from './in-process.ts';

const DRIFT = 'experiments/llamastack/config-drift.yaml';
const ID = '20261128-215349-3f9a2c';
const folder = mkdtempSync(join(tmpdir(), 'mayday-submit-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('mayday submit says in one line what it expected, before it asks a cluster', () => {
  test.each([
    [[], 'expected files or folders of experiments, or one of --list'],
    [[DRIFT, '--repeat', '0'], 'expected --repeat to be'],
    [[DRIFT, '--notify', 'secret'], 'expected --notify secret/NAME or configmap/NAME, found secret'],
    [[DRIFT, '--knowledge', 'nowhere'], 'found nothing at nowhere'],
    [[DRIFT, '--list'], 'found --list with files'],
    [['--follow', ID, '--cancel', ID], 'found --follow and --cancel'],
    [[DRIFT, '--schedule', '61 * * * *'], '--schedule: expected the minute to be 0 to 59'],
    [[DRIFT, '--schedule', '@daily', '--time-zone', 'Mars/Olympus'], '--time-zone: expected the name of a time zone'],
    [[DRIFT, '--time-zone', 'Etc/UTC'], 'expected --time-zone only with --schedule'],
    [[DRIFT, '--gate', '1m'], 'expected --gate only with a folder or several files'],
    [[DRIFT, '--in', 'Shop_1'], 'expected --in to be the name of a namespace'],
    [[DRIFT, '--keep', 'long'], 'expected --keep to be a duration'],
    [[DRIFT, '--max-tier', '0'], 'expected an experiment to submit, found none'],
    [['nowhere'], 'found nothing at nowhere'],
  ])('%j', async (words, says) => {
    const { code, stderr, stdout } = await mayday('submit', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toContain(says);
  });

  test('an experiment that would publish what is in a Secret', async () => {
    const check = { type: 'fieldEquals', apiVersion: 'v1', kind: 'Secret', name: 'token', namespace: 'shop' };
    const document = {
      apiVersion: 'chaos.operatorchaos.io/v1alpha1',
      kind: 'ChaosExperiment',
      metadata: { name: 'kill' },
      spec: {
        target: { operator: 'shop', component: 'web' },
        steadyState: { checks: [{ ...check, fieldPath: 'data.token', expectedValue: 'c2VjcmV0' }] },
        injection: { type: 'PodKill', parameters: { labelSelector: 'app=web' }, count: 1 },
        hypothesis: { description: 'it comes back' },
        blastRadius: { maxPodsAffected: 1, allowedNamespaces: ['shop'] },
      },
    };
    const { code, stderr } = await mayday('submit', file('secret.yaml', JSON.stringify(document)));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /its check of Secret token holds the value .* is stored in a ConfigMap, which others may read/,
    );
    expect(stderr).not.toContain('c2VjcmV0');
  });
});

describe('--pod-spec', () => {
  test('takes where pods may run', () => {
    expect(podSpecOption(file('ok.yaml', 'nodeSelector: {a: b}\n'))).toEqual({ nodeSelector: { a: 'b' } });
  });

  test.each([
    [
      'what would make the pod unsafe',
      'hostNetwork: true\nsecurityContext: {}\n',
      'found hostNetwork, securityContext',
    ],
    ['no map', '- a\n', 'found something else'],
    ['no YAML', 'a: [\n', 'found what is no YAML'],
  ])('refuses %s', (_, text, says) => {
    expect(() => podSpecOption(file('bad.yaml', text))).toThrow(says);
  });
});

test.each(['secret/x', 'configmap', 'configmap/', 'configmap/a/b/c', 'x'])('--results %s is no ConfigMap', text => {
  expect(() => resultsOption(text)).toThrow('expected --results configmap/NAME');
});

test('--results names a ConfigMap, in the namespace of the connection or in another', () => {
  expect(resultsOption('configmap/a')).toEqual({ name: 'a' });
  expect(resultsOption('configmap/ns/a')).toEqual({ namespace: 'ns', name: 'a' });
});
