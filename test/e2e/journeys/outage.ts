import { describe, expect } from 'vitest';
import { type Pty, start as startTerminal } from '../../support/pty.ts';
import { program } from '../providers/program.ts';
import type { Provider } from '../providers/provider.ts';
import { verdictOf } from './mayday.ts';
import { drift, lasting, web } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const DOWN_MS = 3_000;

/** The API server goes away, or forgets, while mayday is at it. */
export function outageJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('the API server restarts', () => {
    test('in the middle of a run: the fault is lifted and verified, the verdict stands', async ({ stage, skip }) => {
      const restart = stage.provider.restartApiServer;
      if (restart === undefined) return skip('this API server is not ours to restart');
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const run = stage.run({ ...drift, recovery: '12s' });
      await run.event('effect', said => said.state === 'proven');
      await restart(DOWN_MS);
      const ended = await run.ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Degraded', restoredBy: 'mayday', residue: 0 });
      expect(ended.code).toBe(3);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });

    test('just as a run lifts its fault: it waits and lifts it', async ({ stage, skip }) => {
      const restart = stage.provider.restartApiServer;
      if (restart === undefined) return skip('this API server is not ours to restart');
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const run = stage.run(drift);
      await run.event('effect', said => said.state === 'proven');
      const back = restart(DOWN_MS);
      run.signal('SIGINT');
      await back;
      const ended = await run.ended;
      expect({ code: ended.code, residue: verdictOf(ended).residue }).toEqual({ code: 6, residue: 0 });
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });

    test('under a watch: the console says how old its data is, then goes on by itself', async ({ stage, skip }) => {
      const restart = stage.provider.restartApiServer;
      if (restart === undefined) return skip('this API server is not ours to restart');
      await stage.set();
      const console_ = openConsole(stage);
      await console_.waitFor('data LIVE');
      const back = restart(DOWN_MS);
      await console_.waitFor(/no answer from the cluster|no data for/);
      await back;
      await console_.waitFor(screen => screen.includes('data LIVE') && !/no answer|no data for/.test(screen), 30_000);
      await breakWeb(stage);
      await console_.waitFor(`${stage.namespace}/web`, 30_000);
      await console_.kill();
    });
  });

  describe('history is forgotten (410) under a watch', () => {
    test('the console lists anew and shows what came since', async ({ stage, skip }) => {
      const forget = stage.provider.forgetHistory;
      if (forget === undefined) return skip('this history is not ours to compact');
      await stage.set();
      const console_ = openConsole(stage);
      await console_.waitFor('data LIVE');
      await forget();
      await stage.apply(staleLease());
      await console_.waitFor(/stale, held by someone-gone/, 30_000);
      await breakWeb(stage);
      await console_.waitFor(`${stage.namespace}/web`, 30_000);
      await console_.kill();
    });

    test('a run goes on to its verdict', async ({ stage, skip }) => {
      const forget = stage.provider.forgetHistory;
      if (forget === undefined) return skip('this history is not ours to compact');
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const run = stage.run({ ...drift, recovery: '15s' });
      await run.event('effect', said => said.state === 'proven');
      await forget();
      const ended = await run.ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Degraded', residue: 0 });
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });
  });
}

function openConsole(stage: Stage): Pty {
  const words = [...program(), '--kubeconfig', stage.provider.kubeconfig] as [string, ...string[]];
  return startTerminal(words, { columns: 160, rows: 45 }, { env: { XDG_STATE_HOME: stage.folder } });
}

/** Puts a Deployment in its place whose pod can never start. */
async function breakWeb(stage: Stage): Promise<void> {
  await stage.kubectl('delete', 'deployment', 'web');
  await stage.apply(web('registry.invalid/none:1'));
}

const staleLease = () => {
  const renewTime = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '000Z');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'stale' },
    spec: { holderIdentity: 'someone-gone', leaseDurationSeconds: 15, renewTime, acquireTime: renewTime },
  };
};
