import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createUser } from '../e2e/journeys/people.ts';
import { openStage } from '../e2e/journeys/stage.ts';
import { kubectl, runProgram } from '../e2e/providers/kubectl.ts';
import type { Provider } from '../e2e/providers/provider.ts';
import type { AttackerRights, Rule, Scene } from './attack.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ATTACKER = 'attacker';

/** A namespace with an attacker in it who has these rights, as a real user of the cluster. */
export async function openScene(provider: Provider, rights: AttackerRights = {}): Promise<Scene> {
  const stage = await openStage(provider);
  const id = stage.namespace;
  const admin = (words: readonly string[], input?: string) => kubectl(provider.kubeconfig, words, input);
  const { here = [], inDefault = [], everywhere = [] } = rights;
  const role = (name: string, rules: readonly Rule[]) => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: `${id}-${name}` },
    rules,
  });
  const isNobody = here.length + inDefault.length + everywhere.length === 0;
  if (!isNobody) await stage.apply(role('here', here), role('everywhere', everywhere));
  // Attacks by file or variable need nobody in the cluster.
  const kubeconfig = isNobody
    ? join(stage.folder, 'nobody')
    : await createUser(stage, ATTACKER, { here: [`${id}-here`], everywhere: [`${id}-everywhere`] });
  const account = { kind: 'ServiceAccount', name: ATTACKER, namespace: id };
  const inDefaultNamespace = ['Role', 'RoleBinding'].map(kind => ({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: id, namespace: 'default' },
    ...(kind === 'Role'
      ? { rules: inDefault }
      : { roleRef: { apiGroup: RBAC, kind: 'Role', name: id }, subjects: [account] }),
  }));
  if (inDefault.length > 0) await admin(['apply', '-f', '-'], documents(inDefaultNamespace));
  const attacker = (words: readonly string[], input?: string) => kubectl(kubeconfig, ['-n', id, ...words], input);
  for (const rule of here) await untilAllowed(kubeconfig, ['-n', id], rule);
  for (const rule of inDefault) await untilAllowed(kubeconfig, ['-n', 'default'], rule);
  for (const rule of everywhere) await untilAllowed(kubeconfig, ['-A'], rule);

  return {
    ...stage,
    id,
    admin,
    attacker,
    async plant(...objects) {
      for (const object of objects) {
        const { namespace = id } = (object.metadata ?? {}) as { namespace?: string };
        await kubectl(kubeconfig, ['-n', namespace, 'create', '-f', '-'], JSON.stringify(object));
      }
    },
    async look(...words) {
      const text = await admin(['-n', id, 'get', ...words, '-o', 'json', '--ignore-not-found']);
      return text.trim() === '' ? undefined : JSON.parse(text);
    },
    async close() {
      // What is planted in a namespace that takes its time to go would be waited for by the next revert of everything.
      await admin(['-n', id, 'delete', PLANTED.join(','), '--all', '--wait=false', '--grace-period=0', '--force']);
      if (inDefault.length > 0) await admin(['delete', '--ignore-not-found', '-f', '-'], documents(inDefaultNamespace));
      await stage.close();
    },
  };
}

/** The kinds that attacks make and mark. */
const PLANTED = [
  'secrets',
  'configmaps',
  'services',
  'deployments',
  'daemonsets',
  'cronjobs',
  'pods',
  'resourcequotas',
  'networkpolicies',
  'poddisruptionbudgets',
  'roles',
  'rolebindings',
];

const documents = (objects: readonly unknown[]): string => objects.map(object => JSON.stringify(object)).join('\n');

const ALLOWED_WITHIN_MS = 15_000;

/** An API server takes a moment until it knows of a new binding. */
async function untilAllowed(kubeconfig: string, where: readonly string[], rule: Rule): Promise<void> {
  const { verbs, resources, apiGroups, resourceNames } = rule;
  const [resource = '', subresource] = (resources[0] ?? '').split('/');
  const group = apiGroups[0] ? `.${apiGroups[0]}` : '';
  const name = resourceNames?.[0] ? `/${resourceNames[0]}` : '';
  const words = ['auth', 'can-i', verbs[0] ?? '', `${resource}${group}${name}`];
  const asked = [
    '--kubeconfig',
    kubeconfig,
    ...words,
    ...where,
    ...(subresource ? ['--subresource', subresource] : []),
  ];
  for (const deadline = performance.now() + ALLOWED_WITHIN_MS; ; await sleep(100)) {
    const { stdout, stderr } = await runProgram('kubectl', asked);
    if (stdout.trim() === 'yes') return;
    if (performance.now() > deadline)
      throw new Error(`the attacker did not get his rights: ${words.join(' ')}: ${stderr}`);
  }
}
