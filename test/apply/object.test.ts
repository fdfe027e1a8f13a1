import { describe, expect, test } from 'vitest';
import { changedPaths, objectOf } from '../../src/apply/object.ts';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { Experiment } from '../../src/experiment/types.ts';
import { FAULT_TYPES } from '../../src/faults/types.ts';
import { document, ofType } from '../experiment/documents.ts';

import { EXPERIMENTS } from '../support/fake-kinds.ts';

const kind = { apiVersion: EXPERIMENTS.apiVersion, kind: EXPERIMENTS.kind };

function loaded(text: string): Experiment {
  const loading = loadExperiment(text, 'test.yaml');
  if (!loading.ok) throw new Error(JSON.stringify(loading.errors));
  return loading.loaded.experiment;
}

describe('the object that the controller is given', () => {
  test.each(FAULT_TYPES)('says of a %s what the document says: read again it is the same experiment', type => {
    const experiment = loaded(ofType(type));
    expect(loaded(JSON.stringify(objectOf(experiment, kind)))).toEqual(experiment);
  });

  test('leaves to the CRD what the document leaves out: a tier, a time to recover, a danger', () => {
    const experiment = loaded(
      document(({ spec }) => {
        delete (spec as { tier?: number }).tier;
        delete (spec.hypothesis as { recoveryTimeout?: string }).recoveryTimeout;
      }),
    );
    const spec = objectOf(experiment, kind).spec as Record<string, object>;
    expect(spec).not.toHaveProperty('tier');
    expect(spec.hypothesis).not.toHaveProperty('recoveryTimeout');
  });
});

describe('what a server would keep', () => {
  test('may be more than was sent, and not less or something else', () => {
    const sent = { checks: [{ name: 'web', fieldPath: '.spec' }], injection: { count: 1 } };
    expect(changedPaths(sent, { ...sent, tier: 1 })).toEqual([]);
    expect(changedPaths(sent, { checks: [{ name: 'web' }], injection: { count: 2 } })).toEqual([
      'spec.checks[0].fieldPath',
      'spec.injection.count',
    ]);
    expect(changedPaths(sent, undefined)).toEqual(['spec']);
  });
});
