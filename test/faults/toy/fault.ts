import type { Fault } from '../../../src/faults/contract.ts';
import type { FaultType } from '../../../src/faults/types.ts';
import { objectIn } from '../../../src/injection/live.ts';
import { refuse } from '../../../src/injection/plan/refuse.ts';
import { victimPlan } from '../../../src/injection/plan/victim-plan.ts';
import { targetReadBack } from '../../../src/injection/readback.ts';
import { ROLLBACK_DATA } from '../../../src/injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip, textsIn } from '../../../src/injection/record/record.ts';
import { threeWay } from '../../../src/injection/restore/three-way.ts';
import { mapOperations } from '../../../src/k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../../src/k8s/object.ts';

interface NoteChangeParams {
  name: string;
  note: string;
}

const TYPE = 'NoteChange' as FaultType;
const TARGET = 'target';
const refIn = (namespace: string, name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name,
});
const noteOf = ({ metadata }: KubeObject): string => metadata.annotations?.note ?? '';
const noteSet = (object: KubeObject, note: string) =>
  mapOperations(object, ['metadata', 'annotations'], { set: { note } });

export const noteChange: Fault<NoteChangeParams> = {
  type: TYPE,
  appliesTo: ({ kind, metadata: { name, namespace } }) =>
    kind === 'ConfigMap'
      ? { fits: true, parameters: { name, note: 'changed' }, ...(namespace !== undefined && { namespace }) }
      : { fits: false, reason: 'it is for a ConfigMap' },
  parse: ({ name = '', note = '' }) => ({ name, note }),
  reads: ({ name }, scope) => [{ key: TARGET, get: refIn(scope.namespace, name) }],
  plan({ note }, scope, live, facts) {
    const seen = objectIn(live, TARGET);
    if (seen.state !== 'found') return refuse('not-found', 'expected a ConfigMap, found none');
    return victimPlan({
      type: TYPE,
      scope,
      facts,
      target: seen.value,
      payload: { formerNote: noteOf(seen.value), note },
      injected: note,
      operations: noteSet(seen.value, note),
      says: 'change the note',
      pods: [],
    });
  },
  effectReads: (_params, plan) => [{ key: TARGET, get: plan.target }],
  effect({ note }, plan, live) {
    const back = targetReadBack(plan, live, TARGET);
    if ('effect' in back) return back.effect;
    return {
      state: noteOf(back.object) === note ? 'proven' : 'absent',
      evidence: [`the note is ${noteOf(back.object)}`],
    };
  },
  restoreReads: () => [],
  restore({ live }) {
    const envelope = recordIn(live, TYPE);
    if (typeof envelope === 'string') return corrupt(live, envelope);
    const { formerNote: original = '', note: injected = '' } = textsIn(envelope.data) ?? {};
    const now = noteOf(live);
    const back = { type: TYPE, records: [ROLLBACK_DATA], mayday: envelope.mayday, what: 'the note' };
    return threeWay({
      what: 'the note',
      says: 'put the note back',
      isOriginal: now === original,
      isInjected: now === injected,
      original,
      injected,
      live: now,
      put: restoreAndStrip(live, { ...back, value: noteSet(live, original) }),
      strip: restoreAndStrip(live, { ...back, value: [] }),
    });
  },
};
