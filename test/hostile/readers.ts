import fc from 'fast-check';
import { faultOf } from '../../src/faults/registry.ts';
import { markerOf } from '../../src/health/marker.ts';
import { readEnvelope, readMayday } from '../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { failureOfAnswer } from '../../src/kube/client/http/failure.ts';
import { pageOf } from '../../src/kube/client/lists/pages.ts';
import { malformation } from '../../src/kube/client/lists/well-formed.ts';
import { fetchDiscovery } from '../../src/kube/discovery/discovery-fetch.ts';
import { parseWatchLine } from '../../src/kube/watch/watch-event.ts';
import { findingJson, findingLine, receiptLine } from '../../src/revert/report.ts';
import { restoreOne } from '../../src/revert/restore/restore.ts';
import { recognise } from '../../src/revert/scan/recognise.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { latchGate, readLatch } from '../../src/safety/latch.ts';
import { lockHolderOf, lockJson, lockText } from '../../src/safety/lock-holder.ts';
import { leftQuota } from '../e2e/hostile/front.ts';
import { fakeApi } from '../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../support/memory-journal.ts';
import { anyAnswer, hostileObject, recordText } from './clusters.ts';

/** How often, and from which beginning. */
export interface Runs {
  numRuns: number;
  seed?: number;
}

const NOW = Date.UTC(2026, 10, 21, 12);
const PODS = { apiVersion: 'v1', kind: 'Pod' };

/** Readers of single texts and objects: none may throw, whatever it is given. */
export const readersNeverThrow = (): ((how: Runs) => void)[] => [
  asserting(
    fc.property(recordText, text => {
      readEnvelope(text);
      readMayday(text);
    }),
  ),
  asserting(
    fc.property(hostileObject, object => {
      for (const finding of recognise(object)) {
        findingLine(finding, NOW);
        JSON.stringify(findingJson(finding, NOW));
      }
      markerOf(object);
      const lock = lockHolderOf(object, NOW, () => undefined);
      lockText(lock, NOW);
      JSON.stringify(lockJson(lock));
    }),
  ),
  asserting(
    fc.property(anyAnswer, fc.integer({ min: 200, max: 599 }), (answer, status) => {
      malformation(structuredClone(answer));
      pageOf({ ok: true, status: 200, value: structuredClone(answer) }, PODS);
      failureOfAnswer(status, answer, undefined, NOW);
      for (const type of ['ADDED', 'BOOKMARK', 'ERROR', answer])
        parseWatchLine(JSON.stringify({ type, object: answer }) ?? 'null', PODS, NOW);
    }),
  ),
];

/** Discovery of any documents gives an outcome. */
export const discoveryNeverThrows = () =>
  fc.asyncProperty(anyAnswer, anyAnswer, anyAnswer, async (core, groups, group) => {
    await fetchDiscovery(async ({ path }) => ({
      ok: true,
      status: 200,
      value: path === '/api' ? core : path === '/apis' ? groups : group,
    }));
  });

/** Whatever else is in the cluster, the one injection that can be put back is found and put back, and everything found has a line. */
export const nothingStopsTheRest = () =>
  fc.asyncProperty(fc.array(hostileObject, { minLength: 1, maxLength: 3 }), async planted => {
    const quota = leftQuota('honest') as unknown as KubeObject;
    const api = fakeApi([quota, ...planted.filter(isStorable)], { now: () => NOW });
    const deps = { api, clock: steppedClock(), journal: memoryJournal(), faultOf };
    const { injections } = await scan(deps, { deep: true });
    const honest = injections.find(({ object }) => object.name === 'honest');
    if (honest === undefined) throw new Error('the honest injection was not found');
    for (const finding of injections) findingLine(finding, NOW);
    for (const finding of [...injections].reverse()) {
      const { receipt } = await restoreOne(deps, finding, { trust: { everything: 'caller' } });
      receiptLine(receipt);
      if (finding === honest && !receipt.verified) throw new Error(`not put back: ${receipt.message}`);
    }
    await readLatch(api).then(latchGate);
  });

const isStorable = (object: KubeObject): boolean => JSON.stringify(object).length < 900_000;

function asserting<T>(property: fc.IProperty<T>): (how: Runs) => void {
  return how => fc.assert(property, how);
}
