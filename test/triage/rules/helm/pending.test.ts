import { expect, it } from 'vitest';
import { helmPending } from '../../../../src/triage/rules/helm/pending.ts';
import { type Literal, viewOf } from '../../../support/view.ts';
import { ago, findings, NOW } from '../findings.ts';

const revision = (version: number, status: string, minutes = 60): Literal => ({
  kind: 'Secret',
  metadata: {
    name: `sh.helm.release.v1.web.v${version}`,
    namespace: 'shop',
    creationTimestamp: ago(minutes),
    labels: { owner: 'helm', name: 'web', version: String(version), status },
  },
});
const found = (...readable: Literal[]) => findings(helmPending, [], { readable });

it('rolls a release that is stuck in pending-upgrade back to the revision before', () => {
  const [stuck] = found(revision(1, 'superseded'), revision(2, 'deployed'), revision(3, 'pending-upgrade'));
  expect(stuck).toMatchObject({
    severity: 'high',
    object: { kind: 'Secret', namespace: 'shop', name: 'sh.helm.release.v1.web.v3' },
    since: { at: Date.parse(ago(60)), exact: true },
  });
  expect(stuck?.fixes[0]?.command).toBe('helm rollback web 2 -n shop --kube-context test');
});
it('uninstalls one that was never installed', () => {
  expect(found(revision(1, 'pending-install'))[0]?.fixes[0]).toMatchObject({
    command: 'helm uninstall web -n shop --kube-context test',
    safe: false,
  });
});
it('says nothing of a helm that may still be at work, and of a release that went on', () => {
  expect(found(revision(1, 'deployed'), revision(2, 'pending-upgrade', 5))).toEqual([]);
  expect(found(revision(1, 'pending-upgrade'), revision(2, 'failed'), revision(3, 'deployed'))).toEqual([]);
});
it('takes a user who may not list Secrets for blind only where something says that Helm is used', () => {
  const view = (annotations: Record<string, string>): Literal => ({
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', annotations },
  });
  const asked = (annotations: Record<string, string>) => [
    ...(helmPending.asks?.({ view: viewOf([view(annotations)]), now: NOW }) ?? []),
  ];
  expect(asked({})).toMatchObject([{ is: 'instances', kind: 'Secret', labels: 'owner=helm', optional: true }]);
  expect(asked({ 'meta.helm.sh/release-name': 'web' })[0]).not.toHaveProperty('spare');
});
