import { setTimeout as sleep } from 'node:timers/promises';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import type { Thing } from './objects.ts';
import type { Stage } from './stage.ts';

const CLEANUP = 'chaos.operatorchaos.io/cleanup';
const BLOCK = 'chaos.operatorchaos.io/block';
const PHASES = ['Pending', 'SteadyStatePre', 'Injecting', 'Observing', 'SteadyStatePost', 'Complete'] as const;

/** How the stand-in does with one experiment. */
export interface Script {
  readonly verdict?: string;
  /** Goes no further than this phase, as a controller that dies there. */
  readonly diesIn?: (typeof PHASES)[number];
  /** Forgets to revert. */
  readonly leaks?: boolean;
  /** How long it observes, milliseconds. */
  readonly observesMs?: number;
}

/**
 * What the framework's controller does with one experiment, one phase after the other, with a FinalizerBlock on ConfigMap `settings`: the
 * barrier before the injection, the finalizer, the fault with the framework's own marks, the revert before the measuring. Deleted meanwhile, it
 * reverts, then lets go. Resolves when it is done with it.
 */
export async function frameworkController(stage: Stage, name: string, script: Script = {}): Promise<void> {
  const { verdict = 'Resilient', observesMs = 1_000 } = script;
  const patch = (kind: string, object: string, body: object) =>
    stage.kubectl('patch', kind, object, '--type=merge', '-p', JSON.stringify(body));
  const status = (members: object) => patch('chaosexperiment', name, { status: members });
  const inject = () =>
    patch('configmap', 'settings', {
      metadata: {
        finalizers: [BLOCK],
        labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'FinalizerBlock' },
        annotations: { 'chaos.operatorchaos.io/rollback-data': writeEnvelope({ finalizer: BLOCK }) },
      },
    });
  const revert = async () => {
    if (script.leaks) return;
    await patch('configmap', 'settings', {
      metadata: {
        finalizers: null,
        labels: { 'app.kubernetes.io/managed-by': null, 'chaos.operatorchaos.io/type': null },
        annotations: { 'chaos.operatorchaos.io/rollback-data': null },
      },
    });
  };
  /** Whether it was deleted meanwhile; then it is finished here. */
  const isDeleted = async (): Promise<boolean> => {
    const live: Thing = await stage.read('chaosexperiment', name).catch(() => undefined);
    if (live !== undefined && live.metadata.deletionTimestamp === undefined) return false;
    if (live === undefined) return true;
    await revert();
    await patch('chaosexperiment', name, { metadata: { finalizers: null } });
    return true;
  };
  const ending = {
    verdict,
    evaluationResult: { verdict, confidence: '1/1 steady-state checks passed', deviations: [] },
  };
  const enter = async (phase: (typeof PHASES)[number]) => {
    if (phase === 'SteadyStatePost') await revert();
    const begins = phase === 'Injecting' ? { injectionStartedAt: new Date().toISOString() } : {};
    await status({ phase, ...begins, ...(phase === 'Complete' ? ending : {}) });
    if (phase !== 'Injecting') return;
    await patch('chaosexperiment', name, { metadata: { finalizers: [CLEANUP] } });
    await inject();
  };
  await until(async () => (await stage.read('chaosexperiment', name).catch(() => undefined)) !== undefined);
  for (const phase of PHASES) {
    if (await isDeleted()) return;
    await enter(phase);
    if (phase === script.diesIn) return;
    for (const end = performance.now() + (phase === 'Observing' ? observesMs : 0); performance.now() < end; ) {
      if (await isDeleted()) return;
      await sleep(100);
    }
  }
  await patch('chaosexperiment', name, { metadata: { finalizers: null } });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(100)) if (await holds()) return;
  throw new Error('the experiment did not come');
}
