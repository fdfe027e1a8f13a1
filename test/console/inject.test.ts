import { afterEach, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { width } from '../../src/text/width.ts';
import { finding as trouble } from '../../src/triage/build.ts';
import { GATES } from '../../src/triage/gates.ts';
import { conclude } from '../../src/triage/result.ts';
import { isAscii } from '../support/ansi.ts';
import { inShop } from '../support/objects.ts';
import { finding, type Script, script, suggestIn } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

const ledger: KubeObject = inShop('apps/v1', 'Deployment', 'ledger', {
  metadata: { uid: 'deploy-shop-ledger', labels: { app: 'ledger' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'ledger' } },
    template: {
      spec: {
        containers: [{ name: 'server', image: 'ledger:4' }],
        volumes: [{ name: 'tls', secret: { secretName: 'ledger-tls' } }],
      },
    },
  },
  status: { conditions: [{ type: 'Available', status: 'True' }] },
});

const TROUBLE = conclude(
  GATES.map(({ id, name }) => ({
    id,
    name,
    ms: 0,
    blind: [],
    status: 'FAIL' as const,
    findings:
      id === 'G9'
        ? [
            trouble({
              rule: 'pod/x',
              severity: 'high',
              object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'ledger' },
              summary: 'broken',
            }),
          ]
        : [],
  })),
);

let open: Stage[] = [];
afterEach(async () => {
  await Promise.all(open.map(one => one.end()));
  open = [];
});

const SMALL = { columns: 80, rows: 24 };

/** On the row of Deployment ledger, in the table of Deployments. */
async function onLedger(
  changes: Partial<Script> = {},
  size = SMALL,
  settings: Parameters<typeof stage>[2] = {},
): Promise<{ one: Stage; play: Script }> {
  const play = script({ suggest: ref => suggestIn([ledger], ref), ...changes });
  const one = stage(play, size, settings);
  open.push(one);
  await one.waitFor('data LIVE');
  one.send('2');
  await one.waitFor('KINDS');
  one.send(':');
  await one.waitFor('GO TO');
  await typed(one, 'deployment', /^:deployment_/m);
  one.send('\r');
  await one.waitFor(/shop\/ledger/);
  one.send('j');
  await one.waitFor(/[▸>]. shop\/ledger/);
  return { one, play };
}

/** Letters one at a time, as fingers do. */
async function typed(one: Stage, text: string, shows: RegExp | string): Promise<void> {
  for (const key of text) {
    one.send(key);
    await new Promise(resolve => setImmediate(resolve));
  }
  await one.waitFor(shows);
}

/** The list of faults, filtered by letters. */
async function listed(one: Stage, letters: string, first: string): Promise<void> {
  one.send('i');
  await one.waitFor('INJECT into Deployment shop/ledger');
  await typed(one, letters, new RegExp(`▸ ${first}`));
}

describe('injecting from an object', () => {
  it('lists the faults that fit it, and dimmed those that do not with the reason', async () => {
    const { one } = await onLedger();
    one.send('i');
    await one.waitFor(/INJECT into Deployment shop\/ledger ─+ \d+ fit, \d+ do not/);
    expect(one.screen()).toMatch(/ImageCorrupt +HIGH +survive +TTL 5:00 +containerName=server/);
    expect(one.screen()).toMatch(/SecretDeletion +HIGH +self-heal +TTL 5:00 +name=ledger-tls/);
    expect(one.screen()).toMatch(/PodKill +low +self-heal +itself +labelSelector=app=ledger/);
    await typed(one, 'nd', /NamespaceDeletion +✗ it is for a Namespace, this is a Deployment/);
    one.send('\r');
    await one.waitFor('enter: NamespaceDeletion: it is for a Namespace');
  });

  it('is six keys from the row to an armed fault, which goes the way of all others', async () => {
    const { one, play } = await onLedger();
    await listed(one, 'ic', 'ImageCorrupt');
    one.send('\r');
    await one.waitFor('enter shows the plan');
    one.send('\r');
    await one.waitFor('PLAN ledger-image-corrupt');
    await one.waitFor('a arms it');
    one.send('a');
    await one.waitFor('ARMED');
    one.send('f');
    await one.waitFor('ledger-image-corrupt  fired');
    const [order] = play.fired;
    expect(order?.loaded.experiment.spec).toMatchObject({
      injection: { type: 'ImageCorrupt', parameters: { name: 'ledger', containerName: 'server' }, ttlMs: 300_000 },
      blastRadius: { allowedNamespaces: ['shop'], maxPodsAffected: 2 },
      steadyState: {
        checks: [{ type: 'conditionTrue', kind: 'Deployment', name: 'ledger', conditionType: 'Available' }],
      },
    });
  });

  it('says of what is typed what validate says, and has no plan for it until it is right', async () => {
    const { one } = await onLedger();
    await listed(one, 'ic', 'ImageCorrupt');
    one.send('\r');
    await one.waitFor('enter shows the plan');
    one.send('\u0015');
    await one.waitFor('required, and missing');
    await one.waitFor('1 to put right before there is a plan');
    one.send('\r');
    await one.waitFor('enter: required, and missing');
    await typed(one, 'LEDGER', 'expected a name of at most 253 lower-case letters');
    one.send('\u0015');
    await one.waitFor(/^ {4,}required, and missing/m);
    await typed(one, 'ledger', 'enter shows the plan');
  });

  it('writes it as a file that validate accepts, and never over another without asking', async () => {
    const { one, play } = await onLedger();
    play.files.set('ledger-pod-kill.yaml', 'something else');
    await listed(one, 'pk', 'PodKill');
    one.send('\r');
    await one.waitFor('enter shows the plan');
    one.send('\r');
    await one.waitFor('a arms it');
    one.send('w');
    await one.waitFor('ledger-pod-kill.yaml_');
    one.send('\r');
    await one.waitFor('there is a file of that name');
    expect(play.files.get('ledger-pod-kill.yaml')).toBe('something else');
    one.send('y');
    await one.waitFor('written: ledger-pod-kill.yaml');
    const loading = loadExperiment(play.files.get('ledger-pod-kill.yaml') ?? '', 'x');
    expect(loading.ok && loading.loaded.experiment.metadata.name).toBe('ledger-pod-kill');
    one.send('w');
    await one.waitFor('w: it is a file already: ledger-pod-kill.yaml');
  });

  it('loses nothing when the disk is full, and takes another path', async () => {
    const { one, play } = await onLedger({ diskSays: 'the disk is full' });
    await listed(one, 'pk', 'PodKill');
    one.send('\r');
    await one.waitFor('enter shows the plan');
    one.send('\r');
    await one.waitFor('a arms it');
    one.send('w');
    await one.waitFor('ledger-pod-kill.yaml_');
    one.send('\r');
    await one.waitFor('not written: the disk is full; nothing is lost');
    delete play.diskSays;
    await typed(one, '2', 'ledger-pod-kill.yaml2_');
    one.send('\r');
    await one.waitFor('written: ledger-pod-kill.yaml2');
    expect(play.files.size).toBe(1);
  });

  it('begins at the object of a finding and of a fault too, and on an empty deck leads to the objects', async () => {
    const play = script({
      suggest: ref => suggestIn([ledger], ref),
      triage: () => TROUBLE,
      findings: () => [finding('ledger')],
    });
    const one = stage(play, SMALL);
    open.push(one);
    await one.waitFor('data LIVE');
    one.send('i');
    await one.waitFor('choose an object, then press i');
    for (const [digit, shows] of [
      ['5', /ROOT CAUSES[\s\S]*Deployment shop\/ledger/],
      ['4', /▸ImageCorrupt +Deployment shop\/ledger/],
    ] as const) {
      one.send(digit);
      await one.waitFor(shows);
      one.send('i');
      await one.waitFor('INJECT into Deployment shop/ledger');
      one.send('\u001b');
      await one.waitFor(shows);
    }
  });

  it('says why an object could not be read', async () => {
    const { one } = await onLedger({ suggest: ref => suggestIn([], ref) });
    one.send('i');
    await one.waitFor('not read: not found');
  });

  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])('fits %i by %i without colour and in ASCII', async (columns, rows) => {
    const { one } = await onLedger({}, { columns, rows }, { settings: { color: false, ascii: true } });
    one.send('i');
    await one.waitFor('INJECT into Deployment shop/ledger');
    const fits = (): void => {
      expect(isAscii(one.screen())).toBe(true);
      for (const row of one.rows()) expect(width(row)).toBeLessThanOrEqual(columns);
      expect(one.rows()[rows - 1]).toContain('esc back');
    };
    await typed(one, 'ic', /> ImageCorrupt/);
    fits();
    one.send('\r');
    await one.waitFor('enter shows the plan');
    fits();
    one.send('\r');
    await one.waitFor('a arms it');
    one.send('w');
    await one.waitFor('ledger-image-corrupt.yaml_');
    fits();
  });
});

describe('the menu of actions', () => {
  it('lists every action of the row, and why what cannot be done cannot', async () => {
    const { one } = await onLedger();
    one.send('a');
    await one.waitFor('ACTIONS on Deployment shop/ledger');
    expect(one.screen()).toMatch(/enter +open/);
    expect(one.screen()).toMatch(/i +inject/);
    one.send('\u001b');
    await one.waitFor('KINDS');
    one.send('1');
    await one.waitFor('VERDICTS');
    one.send('a');
    await one.waitFor('ACTIONS on deck');
    expect(one.screen()).toMatch(/r +revert this one: no fault to revert/);
  });

  it('does what the row under the cursor says, or the letter that is pressed', async () => {
    const { one } = await onLedger();
    one.send('a');
    await one.waitFor('ACTIONS on Deployment shop/ledger');
    one.send('i');
    await one.waitFor('INJECT into Deployment shop/ledger');
    one.send('\u001b');
    await one.waitFor('KINDS');
    one.send('a');
    await one.waitFor('ACTIONS on Deployment shop/ledger');
    one.send('\r');
    await one.waitFor('not read: not found');
  });

  it('leaves to its own key what changes the cluster', async () => {
    const { one, play } = await onLedger();
    await listed(one, 'pk', 'PodKill');
    one.send('\r');
    await one.waitFor('enter shows the plan');
    one.send('\r');
    await one.waitFor('a arms it');
    one.send('a');
    await one.waitFor('ARMED');
    one.send('A');
    await one.waitFor(/f +FIRE +changes the cluster/);
    one.send('f');
    await one.waitFor('press f now: it changes the cluster');
    expect(play.fired).toEqual([]);
  });
});
