import { describe, expect, it } from 'vitest';
import { restrictionFor } from '../../src/health/view/confined.ts';
import { VIEW_KINDS, type ViewKind } from '../../src/health/view/kinds.ts';
import { systemClock } from '../../src/host/clock.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { startSandboxServer } from '../../src/sandbox/server.ts';
import type { Rule } from '../../src/triage/rule.ts';
import { RULES } from '../../src/triage/rules/index.ts';
import { isFailure, runRules } from '../../src/triage/run/gate-run.ts';
import { lookOnce } from '../../src/triage/run/look.ts';
import { runGates } from '../../src/triage/run/run.ts';
import { viewOf } from '../support/view.ts';
import { found } from './support.ts';

const about = { looksAt: 'Something.', why: 'Something.', whatToDo: 'Something.' };
const answers = {} as never;

describe('a kind that may not be read', () => {
  it.each(Object.keys(VIEW_KINDS) as ViewKind[])('%s makes some gate BLIND, and is named there', async kind => {
    const view = viewOf([], { blind: { [kind]: 'forbidden' } });
    const nothing = { ok: false, status: 404, reason: 'not-found', message: 'not found' };
    const none = () => nothing;
    const all = { log: none, object: none, instances: none, certificates: none, path: none, marks: none };
    const read = async () => all as never;
    const spots = [];
    for await (const gate of runGates({ rules: RULES, view, now: 0, read, monotonic: () => 0 }))
      if (gate.status === 'BLIND') spots.push(...gate.blind);
    expect(spots).toContainEqual({ what: kind, reason: 'forbidden' });
  });
});

describe('where only one namespace may be read', () => {
  it('what a rule says of it after a look into another is no finding: what is there only may not be readable', () => {
    const only = Object.create(viewOf([]), { onlyNamespace: { value: 'shop' } });
    const rule: Rule = {
      id: 'pod/x',
      gate: 'G9',
      needs: ['Service'],
      about,
      *look({ view }) {
        if (view.get('Service', 'shop', 'a') === undefined) yield found('pod/x', 'Pod/shop/here');
        if (view.get('Service', 'other', 'a') === undefined) yield found('pod/x', 'Pod/shop/elsewhere');
        yield found('pod/x', 'Pod/shop/after');
      },
    };
    const result = runRules([{ rule, spots: [] }], { view: only, now: 0 }, answers);
    expect(result.findings.map(({ object }) => object.name)).toEqual(['here', 'after']);
    expect(result.blind).toEqual([{ what: 'the rest of the cluster', reason: 'only namespace shop may be read' }]);
  });

  it('its findings are found, each gate that needs more is BLIND in one line, and who may read all keeps to nothing', async () => {
    const sandbox = await startSandboxServer({ scenario: 'configmap-key-missing', seed: 7 });
    const { url: server, token, certificate: ca } = sandbox;
    const open = async (as?: string) => {
      const connected = await connect({ server, token, ca, clock: systemClock, ...(as === undefined ? {} : { as }) });
      if (!connected.ok) throw new Error(connected.message);
      return connected.value;
    };
    const [admin, user] = [await open(), await open('shopper')];
    const rbac = 'rbac.authorization.k8s.io';
    const where = { name: 'reads', namespace: 'shop' };
    await admin.create({
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: where,
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
    });
    await admin.create({
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: where,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'reads' },
      subjects: [{ kind: 'User', apiGroup: rbac, name: 'shopper' }],
    });
    try {
      expect(await restrictionFor(admin, 'shop')).toBeUndefined();
      expect(await restrictionFor(user, undefined)).toBeUndefined();
      expect(await restrictionFor(user, 'kserve')).toBeUndefined();
      const onlyNamespace = await restrictionFor(user, 'shop');
      expect(onlyNamespace).toBe('shop');
      const { triage } = await lookOnce(user, systemClock, RULES, undefined, { onlyNamespace });
      const failing = triage.roots.filter(({ finding }) => isFailure(finding.severity));
      expect(failing.map(({ finding }) => `${finding.object.kind} ${finding.object.name}`)).toEqual([
        'Deployment checkout',
      ]);
      expect(failing[0]?.finding.cause).toContain('LEDGER_URI');
      expect(triage.gates.find(({ id }) => id === 'G2')).toMatchObject({
        status: 'BLIND',
        blind: [{ what: 'the rest of the cluster', reason: 'only namespace shop may be read' }],
      });
      const kinds = triage.gates.flatMap(({ blind }) => blind.map(({ what }) => what as string));
      expect(kinds.filter(what => what in VIEW_KINDS)).toEqual([]);
      // The GitOps engine runs in another namespace: that nothing of it is seen here says nothing.
      expect(triage.gates.find(({ id }) => id === 'G5')?.status).toBe('BLIND');
      for (const id of ['G3', 'G4'])
        expect(triage.gates.find(gate => gate.id === id)).toMatchObject({ status: 'BLIND', findings: [] });
    } finally {
      await Promise.all([admin.close(), user.close()]);
      await sandbox.stop();
    }
  });
});
