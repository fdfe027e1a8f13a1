import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import type { Provider } from '../providers/provider.ts';
import { lasting, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const CORE = 'event.v1.';
const OTHER = 'event.v1.events.k8s.io';

/** One object that two API groups serve: an Event, in the core group and in events.k8s.io. */
export function twoGroupsJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('one object under two API groups', () => {
    test.for([
      ['events.k8s.io', OTHER],
      ['the core group', CORE],
    ] as const)(
      'injected through %s: one injection, the same id in each scan, put back through the core group',
      async ([, through], { stage }) => {
        await stage.apply(fallen(stage.namespace));
        const before = { core: await read(stage, CORE), other: await read(stage, OTHER) };
        expect(before.core.metadata.uid).toBe(before.other.metadata.uid);
        await stomp(stage, through);

        const id = `LabelStomping:${stage.namespace}/Event/fallen`;
        for (const where of [['-n', stage.namespace], ['-n', stage.namespace], []]) {
          const { stdout } = await stage.mayday(['-o', 'json', ...where, 'scan']);
          const { injections } = JSON.parse(stdout);
          const here = injections.filter(({ object }: Thing) => object.namespace === stage.namespace);
          expect(here).toMatchObject([
            { id, state: 'injected', tool: 'operator-chaos', object: { apiVersion: 'v1', kind: 'Event' } },
          ]);
        }

        const { receipts, remaining, code } = await stage.revertAll();
        expect({ receipts, remaining, code }).toMatchObject({
          receipts: [{ id, outcome: 'reverted', verified: true, object: { apiVersion: 'v1' } }],
          remaining: 0,
          code: 0,
        });
        expect(groupsWritten(stage)).toEqual(['v1']);
        const after = { core: await read(stage, CORE), other: await read(stage, OTHER) };
        expect([after.core, after.other].map(lasting)).toEqual([before.core, before.other].map(lasting));
        await stage.mayday(['latch', 'off']);
      },
    );
  });
}

const read = (stage: Stage, kind: string): Promise<Thing> => stage.read(kind, 'fallen');

const fallen = (namespace: string): Thing => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'fallen', labels: { team: 'shop' } },
  involvedObject: { kind: 'Deployment', name: 'web', namespace },
  reason: 'Fallen',
  message: 'it fell',
});

/** What the framework's LabelStomping leaves, written through this group. */
async function stomp(stage: Stage, through: string): Promise<void> {
  const { metadata } = await read(stage, through);
  const patch = {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      labels: {
        team: 'chaos-stomped',
        'app.kubernetes.io/managed-by': 'operator-chaos',
        'chaos.operatorchaos.io/type': 'LabelStomping',
      },
      annotations: {
        'chaos.operatorchaos.io/rollback-data': writeEnvelope({
          existed: true,
          labelKey: 'team',
          originalValue: 'shop',
        }),
      },
    },
  };
  const words = ['patch', through, 'fallen', '--type=merge', '--field-manager=operator-chaos', '-p'];
  await stage.kubectl(...words, JSON.stringify(patch));
}

/** The API versions through which the last revert wrote, by its own journal. */
function groupsWritten({ folder }: Stage): string[] {
  const reverts = join(folder, 'state/mayday/reverts');
  const versions = readdirSync(reverts)
    .flatMap(run => readFileSync(join(reverts, run, 'journal.jsonl'), 'utf8').split('\n'))
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
    .filter(({ entry }) => entry === 'intent')
    .map(({ write }) => write.on.apiVersion);
  return [...new Set<string>(versions)];
}
