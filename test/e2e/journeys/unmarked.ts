import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import type { FaultSpec } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const quota: FaultSpec = { type: 'QuotaExhaustion', danger: 'high', parameters: { quotaName: 'tiny', pods: '0' } };
const NO_MARKS = JSON.stringify({ metadata: { labels: null, annotations: null } });

/** Somebody takes every mark off what a dead run left: only the journal of this machine still knows of it. */
export function unmarkedJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('an injection whose marks were all taken off', () => {
    test.for([
      ['a changed value', undefined, 'configmap', 'settings', ['patch', '-p', '{"data":{"mode":"live"}}']],
      ['a created object', quota, 'resourcequota', 'tiny', ['delete']],
    ] as const)(
      '%s: neither a scan nor a revert says that nothing remains, until it is gone',
      async ([, faultSpec, kind, name, [verb, ...words]], { stage }) => {
        await stage.set();
        const run = await killedRun(stage, faultSpec);
        await stage.kubectl('patch', kind, name, '--type=merge', '-p', NO_MARKS);

        const seen = await scan(stage);
        expect(seen).toContain(`UNMARKED  run ${run} died: somebody removed the marks of `);
        expect(seen).toMatch(/no injections with marks, but 1 whose marks were taken off/);
        const { receipts, remaining, code, unmarked } = await revertAll(stage);
        expect({ receipts, remaining, code }).toEqual({ receipts: [], remaining: 1, code: 7 });
        expect(unmarked).toEqual([expect.stringContaining(`${stage.namespace}/${name}`)]);

        await stage.kubectl(verb, kind, name, ...words);
        expect(await revertAll(stage)).toMatchObject({ receipts: [], remaining: 0, code: 0, unmarked: [] });
        expect(await scan(stage)).not.toContain('UNMARKED');
      },
    );
  });
}

const scan = async (stage: Stage): Promise<string> => (await stage.mayday(['-n', stage.namespace, 'scan'])).stdout;
const revertAll = (stage: Stage) =>
  stage.revertAll() as ReturnType<Stage['revertAll']> & Promise<{ unmarked: readonly string[] }>;
