import type { ClusterView } from '../../../health/view/cluster-view.ts';
import type { KubeObject } from '../../../k8s/object.ts';
import { age } from '../../../text/duration.ts';
import { shellWord } from '../../../text/shell-word.ts';
import type { Rule } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';

/** Helm keeps each revision of a release in a Secret and its status in a label, so the contents need not be read. */
const releases = (view: ClusterView): Extract<NamedRead, { is: 'instances' }> => ({
  is: 'instances',
  apiVersion: 'v1',
  kind: 'Secret',
  labels: 'owner=helm',
  ...(!usesHelm(view) && { optional: true }),
});
const PENDING = /^pending-(install|upgrade|rollback)$/;
/** The timeout of Helm itself is five minutes by default. */
const USUAL_WAIT_MS = 15 * 60_000;

/** One revision of a release. */
interface Revision {
  secret: KubeObject;
  namespace: string;
  release: string;
  version: number;
  status: string;
  at: number;
}

/** A Helm release whose last operation was interrupted: Helm refuses every further one until the release is rolled back. */
export const helmPending: Rule = {
  id: 'helm/pending',
  gate: 'G7',
  needs: [],
  wants: ['Deployment', 'Service'],
  about: {
    looksAt:
      'The labels of the Secrets in which Helm keeps its releases (owner=helm), never their contents: releases whose newest revision has been pending for over 15 minutes. Where nothing in the cluster was installed by Helm, a missing permission to list Secrets is not reported.',
    why: 'An interrupted Helm operation leaves its revision pending. Every later upgrade is refused: another operation (install/upgrade/rollback) is in progress.',
    whatToDo:
      'Make sure that no Helm operation is running, then roll the release back to the previous revision; uninstall a release that was never fully installed.',
  },
  *asks({ view }) {
    yield releases(view);
  },
  *look({ view, answers, now }) {
    const answer = answers.instances(releases(view));
    if (!answer?.ok) return;
    const revisions = answer.value.flatMap(revisionOf);
    for (const newest of newestOf(revisions)) {
      if (!PENDING.test(newest.status) || now - newest.at < USUAL_WAIT_MS) continue;
      const good = revisions
        .filter(one => isOf(one, newest) && (one.status === 'deployed' || one.status === 'superseded'))
        .sort((a, b) => b.version - a.version)[0];
      yield {
        severity: 'high',
        object: {
          apiVersion: 'v1',
          kind: 'Secret',
          namespace: newest.namespace,
          name: newest.secret.metadata.name,
        },
        summary: `Helm release ${newest.release} is stuck in ${newest.status} at revision ${newest.version}: Helm refuses every further upgrade`,
        since: { at: newest.at, exact: true },
        evidence: [
          `metadata.labels: owner helm, name ${newest.release}, version ${newest.version}, status ${newest.status}`,
          `the revision was created ${age(now - newest.at)} ago`,
          good && `revision ${good.version}: ${good.status}`,
        ],
        cause: 'The Helm operation that created this revision was interrupted before it could record its result.',
        fixes: [
          good === undefined
            ? {
                text: 'Make sure that no Helm operation is running, then uninstall the release, which was never fully installed, and install it again.',
                command: helm(view, ['uninstall', newest.release], newest.namespace),
                safe: false,
              }
            : {
                text: `Make sure that no Helm operation is running, then roll the release back to revision ${good.version}.`,
                command: helm(view, ['rollback', newest.release, String(good.version)], newest.namespace),
              },
          {
            text: 'See the history of the release.',
            command: helm(view, ['history', newest.release], newest.namespace),
          },
        ],
      };
    }
  },
};

/** Helm's option for the context is --kube-context, not --context as in kubectl. */
const helm = (view: ClusterView, words: readonly string[], namespace: string): string =>
  ['helm', ...words, '-n', namespace, ...(view.context ? ['--kube-context', view.context] : [])]
    .map(shellWord)
    .join(' ');

/** Whether any object of the view was installed by Helm. */
function usesHelm(view: ClusterView): boolean {
  for (const { metadata } of view.all('Deployment', 'Service'))
    if (
      metadata.annotations['meta.helm.sh/release-name'] !== undefined ||
      metadata.labels['app.kubernetes.io/managed-by'] === 'Helm'
    )
      return true;
  return false;
}

function revisionOf(secret: KubeObject): Revision[] {
  const { namespace = '', labels = {}, creationTimestamp } = secret.metadata;
  const { name: release, version, status } = labels;
  const at = Number(labels.modifiedAt ?? labels.createdAt) * 1000 || Date.parse(creationTimestamp ?? '');
  if (release === undefined || status === undefined || !Number.isFinite(at)) return [];
  return [{ secret, namespace, release, version: Number(version), status, at }];
}

const isOf = (a: Revision, b: Revision): boolean => a.namespace === b.namespace && a.release === b.release;

function newestOf(revisions: readonly Revision[]): Iterable<Revision> {
  const newest = new Map<string, Revision>();
  for (const one of revisions) {
    const key = `${one.namespace}/${one.release}`;
    if (one.version > (newest.get(key)?.version ?? -1)) newest.set(key, one);
  }
  return newest.values();
}
