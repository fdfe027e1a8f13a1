import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { width } from '../../src/text/width.ts';
import { isAscii } from '../support/ansi.ts';
import { inShop } from '../support/objects.ts';
import { finding, type Script, script, suggestIn } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';
import { troubleAt } from './support/trouble.ts';

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

const TROUBLE = troubleAt({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'ledger' });

const SMALL = { columns: 80, rows: 24 };

/** On the row of Deployment ledger, in the table of Deployments. */
async function onLedger(
  changes: Partial<Script> = {},
  size = SMALL,
  settings: Parameters<typeof stage>[2] = {},
): Promise<{ one: Stage; play: Script }> {
  const play = script({ suggest: ref => suggestIn([ledger], ref), ...changes });
  const one = stage(play, size, settings);
  await one.waitFor('data LIVE');
  await one.press('2', 'KINDS');
  await one.press(':', 'GO TO');
  await typed(one, 'deployment', /^:deployment_/m);
  await one.press('\r', /shop\/ledger/);
  await one.press('j', /[▸>]. shop\/ledger/);
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
  await one.press('i', 'INJECT into Deployment shop/ledger');
  await typed(one, letters, new RegExp(`▸ ${first}`));
}

/** From the row to the plan of a fault. */
async function planned(one: Stage, letters: string, first: string): Promise<void> {
  await listed(one, letters, first);
  await one.press('\r', 'enter shows the plan');
  await one.press('\r', 'a arms it');
}

describe('injecting from an object', () => {
  it('lists the faults that fit it, and dimmed those that do not with the reason', async () => {
    const { one } = await onLedger();
    await one.press('i', /INJECT into Deployment shop\/ledger ─+ \d+ fit, \d+ do not/);
    expect(one.screen()).toMatch(/ImageCorrupt +HIGH +survive +TTL 5:00 +containerName=server/);
    expect(one.screen()).toMatch(/SecretDeletion +HIGH +self-heal +TTL 5:00 +name=ledger-tls/);
    expect(one.screen()).toMatch(/PodKill +low +self-heal +itself +labelSelector=app=ledger/);
    await typed(one, 'nd', /NamespaceDeletion +✗ it is for a Namespace, this is a Deployment/);
    await one.press('\r', 'enter: NamespaceDeletion: it is for a Namespace');
  });

  it('is six keys from the row to an armed fault, which goes the way of all others', async () => {
    const { one, play } = await onLedger();
    await listed(one, 'ic', 'ImageCorrupt');
    await one.press('\r', 'enter shows the plan');
    await one.press('\r', 'PLAN ledger-image-corrupt');
    await one.waitFor('a arms it');
    await one.press('a', 'ARMED');
    await one.press('f', 'ledger-image-corrupt  fired');
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
    await one.press('\r', 'enter shows the plan');
    await one.press('\u0015', 'required, and missing');
    await one.waitFor('1 to correct before there is a plan');
    await one.press('\r', 'enter: required, and missing');
    await typed(one, 'LEDGER', 'expected a name of at most 253 lower-case letters');
    await one.press('\u0015', /^ {4,}required, and missing/m);
    await typed(one, 'ledger', 'enter shows the plan');
  });

  it('writes it as a file that validate accepts, and never over another without asking', async () => {
    const { one, play } = await onLedger();
    play.files.set('ledger-pod-kill.yaml', 'something else');
    await planned(one, 'pk', 'PodKill');
    await one.press('w', 'ledger-pod-kill.yaml_');
    await one.press('\r', 'a file of that name exists');
    expect(play.files.get('ledger-pod-kill.yaml')).toBe('something else');
    await one.press('y', 'written: ledger-pod-kill.yaml');
    const loading = loadExperiment(play.files.get('ledger-pod-kill.yaml') ?? '', 'x');
    expect(loading.ok && loading.loaded.experiment.metadata.name).toBe('ledger-pod-kill');
    await one.press('w', 'w: it is a file already: ledger-pod-kill.yaml');
  });

  it('loses nothing when the disk is full, and takes another path', async () => {
    const { one, play } = await onLedger({ diskSays: 'the disk is full' });
    await planned(one, 'pk', 'PodKill');
    await one.press('w', 'ledger-pod-kill.yaml_');
    await one.press('\r', 'not written: the disk is full; nothing is lost');
    delete play.diskSays;
    await typed(one, '2', 'ledger-pod-kill.yaml2_');
    await one.press('\r', 'written: ledger-pod-kill.yaml2');
    expect(play.files.size).toBe(1);
  });

  it('begins at the object of a finding and of a fault too, and on an empty deck leads to the objects', async () => {
    const play = script({
      suggest: ref => suggestIn([ledger], ref),
      triage: () => TROUBLE,
      findings: () => [finding('ledger')],
    });
    const one = stage(play, SMALL);
    await one.waitFor('data LIVE');
    await one.press('i', 'choose an object, then press i');
    for (const [digit, shows] of [
      ['5', /ROOT CAUSES[\s\S]*Deployment shop\/ledger/],
      ['4', /▸ImageCorrupt +Deployment shop\/ledger/],
    ] as const) {
      await one.press(digit, shows);
      await one.press('i', 'INJECT into Deployment shop/ledger');
      await one.press('\u001b', shows);
    }
  });

  it('says why an object could not be read', async () => {
    const { one } = await onLedger({ suggest: ref => suggestIn([], ref) });
    await one.press('i', 'not read: not found');
  });

  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])('fits %i by %i without colour and in ASCII', async (columns, rows) => {
    const { one } = await onLedger({}, { columns, rows }, { settings: { color: false, ascii: true } });
    await one.press('i', 'INJECT into Deployment shop/ledger');
    const fits = (): void => {
      expect(isAscii(one.screen())).toBe(true);
      for (const row of one.rows()) expect(width(row)).toBeLessThanOrEqual(columns);
      expect(one.rows()[rows - 1]).toContain('esc back');
    };
    await typed(one, 'ic', /> ImageCorrupt/);
    fits();
    await one.press('\r', 'enter shows the plan');
    fits();
    await one.press('\r', 'a arms it');
    await one.press('w', 'ledger-image-corrupt.yaml_');
    fits();
  });
});

describe('the menu of actions', () => {
  it('lists every action of the row, and why what cannot be done cannot', async () => {
    const { one } = await onLedger();
    await one.press('a', 'ACTIONS on Deployment shop/ledger');
    expect(one.screen()).toMatch(/enter +open/);
    expect(one.screen()).toMatch(/i +inject/);
    await one.press('\u001b', 'KINDS');
    await one.press('1', 'VERDICTS');
    await one.press('a', 'ACTIONS on deck');
    expect(one.screen()).toMatch(/r +revert this one: no fault to revert/);
  });

  it('does what the row under the cursor says, or the letter that is pressed', async () => {
    const { one } = await onLedger();
    await one.press('a', 'ACTIONS on Deployment shop/ledger');
    await one.press('i', 'INJECT into Deployment shop/ledger');
    await one.press('\u001b', 'KINDS');
    await one.press('a', 'ACTIONS on Deployment shop/ledger');
    await one.press('\r', 'not read: not found');
  });

  it('leaves to its own key what changes the cluster', async () => {
    const { one, play } = await onLedger();
    await planned(one, 'pk', 'PodKill');
    await one.press('a', 'ARMED');
    await one.press('A', /f +FIRE +changes the cluster/);
    await one.press('f', 'press f now: it changes the cluster');
    expect(play.fired).toEqual([]);
  });
});
