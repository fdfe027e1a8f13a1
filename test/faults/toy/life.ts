import { createEngine } from '../../../src/engine/engine.ts';
import { dangerOf, whyHigh } from '../../../src/experiment/danger.ts';
import { loadExperiment } from '../../../src/experiment/load.ts';
import type { FaultType } from '../../../src/faults/types.ts';
import { TYPE_LABEL } from '../../../src/injection/record/markers.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { recognise } from '../../../src/revert/scan/recognise.ts';
import { configRef, deployment, pod, SHOP } from '../../run/support/lab.ts';
import { engineDeps, kubeSystem } from '../../support/engine.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { memoryFiles } from '../../support/memory-files.ts';

/** The life of one injection of the toy type, as JSON on standard output: loaded, injected, found without its label, reverted. */
const DOCUMENT = (note: string) => `
apiVersion: chaos.operatorchaos.io/v1alpha1
kind: ChaosExperiment
metadata: { name: toy, namespace: ${SHOP} }
spec:
  target: { operator: shop, component: web }
  steadyState:
    checks:
      - { type: conditionTrue, apiVersion: apps/v1, kind: Deployment, name: web, namespace: ${SHOP}, conditionType: Available }
  injection: { type: NoteChange, parameters: { name: settings, ${note} } }
  hypothesis: { description: it lives with it, recoveryTimeout: 5s }
  blastRadius: { maxPodsAffected: 1, allowedNamespaces: [${SHOP}] }
`;
const settings: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: SHOP, annotations: { note: 'as it was' } },
};
const noteOf = (object: KubeObject | undefined) => object?.metadata.annotations?.note;

const clock = fakeClock();
const api = fakeApi([deployment(), pod('web-a'), settings, kubeSystem], { now: clock.now });
const engine = createEngine(engineDeps({ api, clock, files: memoryFiles() }));
const loading = loadExperiment(DOCUMENT('note: changed'), 'toy.yaml');
const misspelt = loadExperiment(DOCUMENT('notes: changed'), 'toy.yaml');
if (!loading.ok || misspelt.ok) throw new Error('the documents are not judged by the rules of the toy type');

const { experiment } = loading.loaded;
const seen: Record<string, unknown> = {};
const { result } = await engine.run(loading.loaded, {
  emit: event => {
    if (event.event !== 'effect' || seen.note !== undefined) return;
    seen.note = noteOf(api.peek(configRef));
    seen.label = api.peek(configRef)?.metadata.labels?.[TYPE_LABEL];
    api.change(configRef, object => {
      delete object.metadata.labels?.[TYPE_LABEL];
    });
    seen.types = recognise(api.peek(configRef) as KubeObject).map(({ type }) => type);
  },
});
const type = 'NoteChange' as FaultType;
const danger = {
  usual: dangerOf(experiment),
  secret: whyHigh(type, { note: 'secret' }),
  cluster: whyHigh(type, { name: 'everywhere' }),
};
const { verdict, residue } = result;
process.stdout.write(
  JSON.stringify({
    errors: misspelt.errors.map(({ message }) => message),
    danger,
    seen,
    verdict,
    residue,
    after: noteOf(api.peek(configRef)),
  }),
);
