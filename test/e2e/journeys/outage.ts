import { describe, expect } from 'vitest';
import { type Pty, start as startTerminal } from '../../support/pty.ts';
import { program } from '../providers/program.ts';
import type { Provider } from '../providers/provider.ts';
import { type Running, verdictOf } from './mayday.ts';
import { drift, lasting, type Thing } from './objects.ts';
import { onStage, openStage, type Stage } from './stage.ts';
import { guard } from './webhook.ts';

const DOWN_MS = 3_000;

/**
 * The API server goes away, or forgets, while mayday is at it. Everything that is open lives through the same outage:
 * the controllers of a real cluster need longer to come back with each further one.
 */
export function outageJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('the API server', () => {
    test('restarts under a run, a run that is being stopped, and a console: each goes on by itself', async ({
      stage,
      skip,
    }) => {
      const { restartApiServer } = stage.provider;
      if (restartApiServer === undefined) return skip('this API server is not ours to restart');
      const other = await openStage(given());
      const through = await underFault(stage);
      const stopped = await underFault(other);
      const screen = await openConsole(stage);

      const back = restartApiServer(DOWN_MS);
      await screen.waitFor(/no answer from the cluster|no data for/);
      stopped.run.signal('SIGINT');
      await back;
      await isLiveAgain(screen, stage);

      const ended = await through.run.ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Degraded', restoredBy: 'mayday', residue: 0 });
      expect(ended.code).toBe(3);
      expect(await settingsOf(stage)).toEqual(through.before);

      const cut = await stopped.run.ended;
      expect({ code: cut.code, residue: verdictOf(cut).residue }).toEqual({ code: 6, residue: 0 });
      expect(await settingsOf(other)).toEqual(stopped.before);
      await screen.kill();
      await other.close();
    });

    test('forgets its history (410) under a run and a console: both look anew', async ({ stage, skip }) => {
      const { forgetHistory } = stage.provider;
      if (forgetHistory === undefined) return skip('this history is not ours to compact');
      const { run, before } = await underFault(stage);
      const screen = await openConsole(stage);
      await forgetHistory();
      await isLiveAgain(screen, stage);
      const ended = await run.ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Degraded', restoredBy: 'mayday', residue: 0 });
      expect(await settingsOf(stage)).toEqual(before);
      await screen.kill();
    });
  });
}

const settingsOf = async (stage: Stage): Promise<Thing> => lasting(await stage.read('configmap', 'settings'));

/** A drift that nobody heals, proven to be in. */
async function underFault(stage: Stage): Promise<{ run: Running; before: Thing }> {
  await stage.set();
  const before = await settingsOf(stage);
  const run = stage.run({ ...drift, recovery: '20s' });
  await run.event('effect', said => said.state === 'proven');
  return { run, before };
}

async function openConsole(stage: Stage): Promise<Pty> {
  const words = [...program(), '--kubeconfig', stage.provider.kubeconfig] as [string, ...string[]];
  const screen = startTerminal(words, { columns: 160, rows: 45 }, { env: { XDG_STATE_HOME: stage.folder } });
  await screen.waitFor('data LIVE');
  return screen;
}

/** Shows what came after the outage, of a kind that changes all the time and of one that never did. */
async function isLiveAgain(screen: Pty, stage: Stage): Promise<void> {
  await screen.waitFor(now => now.includes('data LIVE') && !/no answer|no data for/.test(now), 40_000);
  // Neither needs a controller, of which nobody knows when it is back.
  await stage.apply(staleLease(), guard(stage, 'Ignore'));
  await screen.waitFor('stale, held by', 40_000);
  await screen.waitFor('service missing', 40_000);
}

const staleLease = (): Thing => {
  const renewTime = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '000Z');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'stale' },
    spec: { holderIdentity: 'someone-gone', leaseDurationSeconds: 15, renewTime, acquireTime: renewTime },
  };
};
