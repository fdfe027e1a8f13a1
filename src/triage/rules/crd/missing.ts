import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { gitPathOf } from '../../facts/claims.ts';
import { created } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { type Expected, expectedKinds, firstDeployed, isServed, pluralOf } from './expected.ts';
import { type Defined, definedBy, storedVersions } from './kinds.ts';

const WANTS = [
  'Application',
  'ClusterRole',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'Deployment',
  'ReplicaSet',
] as const;

/** A custom kind that is needed and that the cluster does not serve. */
export const crdMissing: Rule = {
  id: 'crd/missing',
  gate: 'G3',
  needs: ['CustomResourceDefinition'],
  wants: WANTS,
  about: {
    looksAt:
      'Kinds that Argo CD applications manage, CRDs that they list, and kinds for which an error says `no matches for kind`, against what the cluster serves.',
    why: 'When a CRD is deleted every object of its kind is deleted with it. Listing a missing kind fails with 404, and listing a kind without objects gives an empty list: many tools show the two alike.',
    whatToDo:
      'Apply the CRD again in the version of its controller, wait until it is Established, sync the applications that manage objects of the kind, and restore the others from a backup.',
  },
  *look({ view }) {
    const served = new Set([...view.all('CustomResourceDefinition')].map(({ metadata }) => metadata.name));
    for (const expected of expectedKinds(view)) {
      const { group, kind } = expected;
      if (isServed(view, group, kind) !== false || hasCrd(view, group, kind)) continue;
      yield missing(view, expected);
    }
    for (const { name, app } of listedCrds(view))
      if (!served.has(name) && !isReportedMissing(view, name)) yield missingListed(view, name, app);
  },
};

const hasCrd = (view: ClusterView, group: string, kind: string): boolean =>
  [...view.all('CustomResourceDefinition')].some(crd => definedBy(crd).group === group && definedBy(crd).kind === kind);

/** CRDs that applications list among their own resources. */
function* listedCrds(view: ClusterView): Iterable<{ name: string; app: ViewObject }> {
  for (const app of view.all('Application'))
    for (const one of list(app.status.resources))
      if (text(one.kind) === 'CustomResourceDefinition' && one.requiresPruning !== true)
        yield { name: text(one.name), app };
}

/** Whether the kind of this CRD is already reported as missing. */
const isReportedMissing = (view: ClusterView, name: string): boolean =>
  expectedKinds(view).some(
    ({ group, kind }) => isServed(view, group, kind) === false && `${pluralOf(view, group, kind)}.${group}` === name,
  );

const crdRef = (name: string) => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });

function missing(view: ClusterView, { group, kind, apps, objects, by }: Expected): FindingDraft {
  const name = `${pluralOf(view, group, kind)}.${group}`;
  const near = nearest(
    kind,
    [...view.all('CustomResourceDefinition')]
      .filter(crd => definedBy(crd).group === group)
      .map(crd => definedBy(crd).kind),
  );
  const holder = [...view.all('Application')].find(app =>
    list(app.status.resources).some(one => text(one.kind) === 'CustomResourceDefinition' && text(one.name) === name),
  );
  return {
    severity: 'critical',
    object: crdRef(name),
    summary: `the CRD is missing: no matches for kind ${kind} in group ${group}`,
    evidence: [
      `discovery: ${group}/${kind} is not served`,
      ...[...apps].map(
        app =>
          `Application ${app.metadata.name} manages ${counted(objects.filter(one => one.app === app).length, 'object')} of the kind`,
      ),
      ...by.slice(0, 3),
    ],
    cause: `The CustomResourceDefinition was deleted, or never installed${near === undefined ? '' : ` (the group has a kind ${near})`}. If it was deleted, all ${kind} objects were deleted with it.`,
    fixes: restoreFixes(view, name, holder, [...apps]),
    because: [],
  };
}

function missingListed(view: ClusterView, name: string, app: ViewObject): FindingDraft {
  return {
    severity: 'critical',
    object: crdRef(name),
    summary: 'the CRD is missing: it was deleted, and every object of its kind with it',
    evidence: [
      `Application ${app.metadata.name} status.resources: lists CustomResourceDefinition ${name}`,
      `CustomResourceDefinition ${name}: not found`,
    ],
    cause: 'The application installs the CustomResourceDefinition, and the cluster does not have it.',
    fixes: restoreFixes(view, name, app, [app]),
  };
}

function restoreFixes(view: ClusterView, name: string, holder: ViewObject | undefined, apps: readonly ViewObject[]) {
  return [
    {
      text: `Apply the CRD ${name} again, in the version of its controller${holder === undefined ? '' : `: Application ${holder.metadata.name} has it (${gitPathOf(holder)})`}, and wait until it is Established.`,
      command: command(view, ['kubectl', 'wait', `crd/${name}`, '--for=condition=Established', '--timeout=60s']),
    },
    ...apps.slice(0, 5).map(app => refresh(view, app)),
    { text: 'Objects of the kind that are in no Git repository are lost unless there is a backup.' },
  ];
}

/** A hard refresh of an application; the controller removes the annotation when it is done. */
const refresh = (view: ClusterView, app: ViewObject) => ({
  text: `Hard refresh Application ${app.metadata.name}, so that Argo CD applies its objects again.`,
  command: command(view, [
    'kubectl',
    'annotate',
    'application',
    app.metadata.name,
    '-n',
    app.metadata.namespace ?? 'argocd',
    'argocd.argoproj.io/refresh=hard',
    '--overwrite',
  ]),
});

const EMPTY_READ = (defined: Defined) => ({
  is: 'instances' as const,
  apiVersion: defined.apiVersion ?? '',
  kind: defined.kind,
});

/** Kinds whose CRD is younger than the objects that applications deployed. */
function* suspicious(view: ClusterView): Iterable<{ expected: Expected; defined: Defined; older: ViewObject[] }> {
  const expected = expectedKinds(view);
  for (const crd of view.all('CustomResourceDefinition')) {
    const defined = definedBy(crd);
    const one = expected.find(({ group, kind }) => group === defined.group && kind === defined.kind);
    if (one === undefined || defined.apiVersion === undefined || crd.metadata.deletionTimestamp !== undefined) continue;
    const older = [...one.apps].filter(app => (firstDeployed(app) ?? Number.POSITIVE_INFINITY) < created(crd));
    if (older.length > 0) yield { expected: one, defined, older };
  }
}

/** A CRD that was deleted and created again: its kind is served, and its objects are gone. */
export const crdRecreated: Rule = {
  id: 'crd/recreated-empty',
  gate: 'G3',
  needs: ['CustomResourceDefinition', 'Application'],
  wants: ['Deployment'],
  about: {
    looksAt:
      'CRDs that are younger than the applications that manage objects of their kind, while those objects are missing.',
    why: 'A CRD that was deleted and applied again appears healthy, but all objects of its kind were deleted in between: `No resources found`.',
    whatToDo:
      'Hard refresh and sync the applications that manage objects of the kind; restore the others from a backup.',
  },
  *asks({ view }) {
    for (const { defined } of suspicious(view)) yield EMPTY_READ(defined);
  },
  *look({ view, answers }: RuleInput) {
    for (const { expected, defined, older } of suspicious(view)) {
      const answer = answers.instances(EMPTY_READ(defined));
      const there = new Set(
        answer?.ok ? answer.value.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`) : [],
      );
      const gone = expected.objects.filter(
        ({ namespace, name, app, missing }) =>
          older.includes(app) && (answer?.ok ? !there.has(`${defined.namespaced ? namespace : ''}/${name}`) : missing),
      );
      if (gone.length === 0) continue;
      yield {
        severity: 'critical',
        object: defined.crd,
        summary: `the CRD was deleted and re-created: ${counted(gone.length, `${expected.kind} object is`, `${expected.kind} objects are`)} missing`,
        since: { at: created(defined.crd), exact: true },
        evidence: [
          `metadata.creationTimestamp: ${defined.crd.metadata.creationTimestamp}`,
          ...older
            .slice(0, 3)
            .map(
              app =>
                `Application ${app.metadata.name} deployed it at ${new Date(firstDeployed(app) ?? 0).toISOString()}`,
            ),
          `missing: ${gone
            .slice(0, 8)
            .map(({ namespace, name }) => `${namespace}/${name}`)
            .join(', ')}`,
          answer?.ok
            ? `instances in the cluster: ${there.size}`
            : `instances not read${answer === undefined ? '' : `: ${answer.message}`}`,
        ],
        cause: `The CustomResourceDefinition is younger than what was deployed of its kind: it was deleted with all its objects, and created again without them.`,
        fixes: [
          ...older
            .filter(app => gone.some(one => one.app === app))
            .slice(0, 5)
            .map(app => refresh(view, app)),
          { text: `${expected.kind} objects that no application manages are lost unless there is a backup.` },
        ],
      };
    }
  },
};

/** A version of a kind that is needed, or in which objects are stored in etcd, and that is not served. */
export const crdVersion: Rule = {
  id: 'crd/version-not-served',
  gate: 'G3',
  needs: ['CustomResourceDefinition'],
  wants: ['Application'],
  about: {
    looksAt:
      'Versions in which applications manage objects, and status.storedVersions, against the versions that each CRD serves.',
    why: 'Manifests in a version that is no longer served are rejected (`no matches for kind`), and objects stored in etcd in a version that the CRD no longer has cannot be read.',
    whatToDo: 'Serve the version again, or migrate the manifests and the stored objects to a served version.',
  },
  *look({ view }) {
    const expected = expectedKinds(view);
    for (const crd of view.all('CustomResourceDefinition')) {
      const { group, kind, versions } = definedBy(crd);
      const known = versions.map(({ name }) => name);
      const served = versions.filter(one => one.served).map(({ name }) => name);
      const lost = storedVersions(crd).filter(version => !known.includes(version));
      const one = expected.find(each => each.group === group && each.kind === kind);
      const unserved = [...(one?.versions ?? [])].filter(version => version !== '' && !served.includes(version));
      if (lost.length === 0 && unserved.length === 0) continue;
      const [version = ''] = [...unserved, ...lost];
      const index = versions.findIndex(({ name }) => name === version);
      yield {
        severity: 'high',
        object: crd,
        summary:
          lost.length > 0
            ? `stored version ${lost.join(', ')} is no longer in the CRD: objects stored in it cannot be read`
            : `version ${unserved.join(', ')} of ${kind} is used but not served`,
        evidence: [
          `spec.versions: ${versions.map(each => `${each.name}${each.served ? '' : ' (served: false)'}${each.storage ? ' (storage)' : ''}`).join(', ')}`,
          `status.storedVersions: ${storedVersions(crd).join(', ')}`,
          ...[...(one?.apps ?? [])]
            .slice(0, 3)
            .map(app => `Application ${app.metadata.name} manages objects in ${[...(one?.versions ?? [])].join(', ')}`),
          ...(one?.by ?? []).slice(0, 2),
        ],
        cause: `The CRD serves ${served.join(', ') || 'no version'}; ${version} is requested.`,
        fixes: [
          index >= 0 && {
            text: `Serve version ${version} again.`,
            command: patchCommand(view, ['crd', crd.metadata.name], 'json', [
              { op: 'test', path: `/spec/versions/${index}/name`, value: version },
              { op: 'replace', path: `/spec/versions/${index}/served`, value: true },
            ]),
          },
          served[0] !== undefined && {
            text: `Or migrate the manifests to ${group}/${served[0]}${[...(one?.apps ?? [])]
              .slice(0, 2)
              .map(app => ` (${gitPathOf(app)})`)
              .join('')}.`,
          },
        ],
      };
    }
  },
};
