import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import { systemClock } from '../../../src/host/clock.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { type RevertResult, revertAll } from '../../../src/revert/revert-all.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { openLine } from '../providers/line.ts';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { type FaultSpec, lasting, settings, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const NAMES = ['first', 'second', 'third'];

/** The API server goes away in mid-revert and stays away for longer than a revert tries. */
export function outageOutlastsJourneys(given: () => Provider): void {
  const test = onStage(given);

  test.for([1, 4])(
    'an API server that goes away before write %i of a revert, for longer than that tries: nothing is lost, what is not proven remains, and the next revert finishes',
    async (write, { stage }) => {
      await stage.set();
      await stage.apply(...NAMES.map(named));
      const before = await all(stage);
      for (const name of NAMES) await killedRun(stage, driftOf(name));
      const { remaining, blind, receipts } = await cutOffBefore(stage, write);
      const open = receipts.filter(({ verified }) => !verified);
      expect(remaining).toBe(open.length);
      expect(open.length).toBeGreaterThan(0);
      expect(blind.length).toBeGreaterThan(0);
      for (const { outcome, message } of open) {
        expect(outcome).toBe('failed');
        expect(message).toContain('original live');
      }
      const next = await stage.mayday(['-n', stage.namespace, 'revert', '--all', '--yes']);
      expect(next.stdout).toMatch(/^REMAIN 0 /m);
      expect(next.code).toBe(0);
      expect(await all(stage)).toEqual(before);
      await stage.mayday(['latch', 'off']);
    },
  );
}

const named = (name: string): Thing => ({ ...settings(), metadata: { name } });
const driftOf = (name: string): FaultSpec => ({
  type: 'ConfigDrift',
  parameters: { name, key: 'mode', value: 'chaos' },
});
const all = (stage: Stage): Promise<Thing[]> =>
  Promise.all(NAMES.map(async name => lasting(await stage.read('configmap', name))));

/** A revert whose way to the server is cut before one of its writes and stays so to its end. */
async function cutOffBefore(stage: Stage, write: number): Promise<RevertResult> {
  const text = readFileSync(stage.provider.kubeconfig, 'utf8');
  const [url = '', port = ''] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
  const line = await openLine(Number(port));
  const kubeconfig = stage.write('through-line', text.replaceAll(url, `https://127.0.0.1:${line.port}`));
  const connected = await connect({ kubeconfig, clock: systemClock });
  if (!connected.ok) throw new Error(connected.message);
  const whole = connected.value;
  let writes = 0;
  const patch: Api['patch'] = async (...asked) => {
    writes += 1;
    if (writes === write) await line.cut();
    return whole.patch(...asked);
  };
  const deps = { api: { ...whole, patch }, clock: systemClock, journal: memoryJournal(), faultOf };
  const rescan = { deep: true, namespace: stage.namespace };
  const { injections } = await scan(deps, rescan);
  expect(injections).toHaveLength(NAMES.length);
  const result = await revertAll(deps, injections, { rescan, trust: { everything: 'caller' }, retryForMs: 500 });
  expect(writes).toBeGreaterThanOrEqual(write);
  await whole.close();
  return result;
}
