import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { verdictOf } from './mayday.ts';
import { drift, lasting } from './objects.ts';
import { onStage } from './stage.ts';

/** A person who has seen enough. */
export function cutOffJourneys(given: () => Provider): void {
  const test = onStage(given);
  describe('an interrupted run', () => {
    test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      '%s in mid-fault: reverted, verified, ends 6',
      async (signal, { stage }) => {
        await stage.set();
        const before = lasting(await stage.read('configmap', 'settings'));
        const run = stage.run(drift);
        await run.event('effect', said => said.state === 'proven');
        expect((await stage.read('configmap', 'settings')).data.mode).toBe('chaos');
        run.signal(signal);
        const ended = await run.ended;
        expect(ended.code).toBe(6);
        expect(ended.stderr).toContain('stopping; the fault is being reverted and checked');
        expect(verdictOf(ended)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
        expect(await run.event('reverted')).toMatchObject({
          receipts: [{ outcome: 'reverted', verified: true }],
          remaining: 0,
        });
        expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
      },
    );
  });
}
