import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { Overrides } from '../../src/experiment/override.ts';
import type { Experiment } from '../../src/experiment/types.ts';
import { document, ofType } from './documents.ts';

function loaded(source: string, overrides: Overrides): Experiment {
  const loading = loadExperiment(source, 'x', overrides);
  if (!loading.ok) throw new Error(JSON.stringify(loading.errors));
  return loading.loaded.experiment;
}
function errors(overrides: Overrides): string[] {
  const loading = loadExperiment(document(), 'x', overrides);
  return loading.ok ? [] : loading.errors.map(issue => `${issue.path}: ${issue.message}`);
}

describe('--namespace', () => {
  it('moves everything that names a namespace, the target’s own parameter too', () => {
    const experiment = loaded(ofType('ResourceDeletion'), { namespace: 'lab' });
    expect(experiment.metadata.namespace).toBe('lab');
    expect(experiment.spec.steadyState.checks[0]?.namespace).toBe('lab');
    expect(experiment.spec.blastRadius.allowedNamespaces).toEqual(['lab']);
    expect(experiment.spec.injection.parameters.namespace).toBe('lab');
  });

  it('gives a cluster-scoped experiment no namespaces it must not have', () => {
    expect(loaded(ofType('WebhookDisrupt'), { namespace: 'lab' }).spec.blastRadius.allowedNamespaces).toEqual([]);
  });

  it('is judged like the document: a forbidden one stays forbidden', () => {
    expect(errors({ namespace: 'kube-system' }).join()).toContain('kube-system is never a target');
  });
});

describe('--set', () => {
  it.each<[string, (experiment: Experiment) => unknown, unknown]>([
    ['blastRadius.maxPodsAffected=3', e => e.spec.blastRadius.maxPodsAffected, 3],
    ['spec.blastRadius.allowDangerous=yes', e => e.spec.blastRadius.allowDangerous, true],
    ['injection.ttl=2m', e => e.spec.injection.ttlMs, 120_000],
    ['tier=4', e => e.spec.tier, 4],
    ['steadyState.checks[0].name=web', e => e.spec.steadyState.checks[0]?.name, 'web'],
    ['blastRadius.allowedNamespaces=[a, shop]', e => e.spec.blastRadius.allowedNamespaces, ['a', 'shop']],
    ['blastRadius.forbiddenResources=[x]', e => e.spec.blastRadius.forbiddenResources, ['x']],
    ['injection.parameters.labelSelector=a=b', e => e.spec.injection.parameters.labelSelector, 'a=b'],
    ['injection.parameters["signal"]=TERM', e => e.spec.injection.parameters.signal, 'TERM'],
    ['hypothesis.description=', e => e.spec.hypothesis.description, undefined],
  ])('%s', (setting, get, expected) => {
    if (expected === undefined)
      expect(errors({ set: [setting] })).toEqual(['spec.hypothesis.description: required, and missing']);
    else expect(get(loaded(document(), { set: [setting] }))).toEqual(expected);
  });

  it.each([
    ['tier', ': --set: expected path=value such as blastRadius.maxPodsAffected=2, found "tier"'],
    ['tire=4', 'spec.tire (did you mean tier?): --set "tire": no such field'],
    ['tier=four', '--set tier: expected a whole number, found "four"'],
    [
      'injection.ttl=300',
      '--set injection.ttl: expected a duration such as "90s", "1m30s" or "500ms", found the number 300',
    ],
    [
      'steadyState.checks[7].name=x',
      'spec.steadyState.checks[7].name: --set "steadyState.checks[7].name": the document has no such list entry',
    ],
    ['tier=[', expect.stringMatching(/^--set tier: not YAML/)],
    ['..=1', expect.stringMatching(/^: --set: expected path=value/)],
  ])('refuses %s', (setting, message) => {
    expect(errors({ set: [setting] })).toEqual([message]);
  });
});
