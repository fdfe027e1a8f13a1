import { describe, expect, test } from 'vitest';
import { listCatalogue, rowOf } from '../../src/experiment/catalogue.ts';
import { dangerOf } from '../../src/experiment/danger.ts';
import { disk } from '../../src/experiment/files.ts';
import type { Danger } from '../../src/faults/rules/rules.ts';
import type { FaultType } from '../../src/faults/types.ts';
import { FAULT_RULES } from '../../src/faults/types.ts';

/** What the framework's failure-mode documents print beside each experiment. */
const DOCUMENTED: readonly [FaultType, Danger][] = [
  ['PodKill', 'low'],
  ['FinalizerBlock', 'low'],
  ['NetworkPartition', 'medium'],
  ['OwnerRefOrphan', 'medium'],
  ['WebhookDisrupt', 'high'],
  ['RBACRevoke', 'high'],
];

describe('the danger of an experiment', () => {
  test.each(DOCUMENTED)('a %s that says nothing of its danger counts as %s', (type, danger) => {
    expect(FAULT_RULES[type].danger).toBe(danger);
  });

  test('every shipped experiment has one in the list: a partition is medium, a pod kill low', () => {
    const entries = listCatalogue('experiments', disk);
    if (typeof entries === 'string') throw new Error(entries);
    const rows = entries.flatMap(({ loaded }) => (loaded ? [rowOf(loaded)] : []));
    const of = (type: FaultType) => [...new Set(rows.filter(row => row.type === type).map(row => row.danger))];
    expect(of('NetworkPartition')).toEqual(['medium']);
    expect(of('OwnerRefOrphan')).toEqual(['medium']);
    expect(of('PodKill')).toEqual(['low']);
    expect(rows.every(row => ['low', 'medium', 'high'].includes(row.danger))).toBe(true);
  });

  test('the document overrides the type', () => {
    const entries = listCatalogue('experiments', disk);
    const loaded = typeof entries === 'string' ? undefined : entries.find(entry => entry.loaded)?.loaded;
    if (!loaded) throw new Error('no experiment is shipped');
    const { spec } = loaded.experiment;
    const saying = (dangerLevel: Danger) => ({ spec: { ...spec, injection: { ...spec.injection, dangerLevel } } });
    expect(dangerOf(saying('high'))).toBe('high');
    expect(dangerOf(saying('low'))).toBe('low');
  });
});
