import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import type { ViewKind } from '../../../health/view/kinds.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { blamedBy } from '../../facts/blamed.ts';
import { refusalIn } from '../../facts/error-text.ts';
import { type Condition, condition, quoted } from '../../facts/fields.ts';
import { conditionIs, type Lasting, lastingConditions } from '../../facts/lasting.ts';
import { nearest } from '../../facts/near-miss.ts';
import { type FindingDraft, type FixDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';

const SOURCES = [
  'GitRepository',
  'HelmRepository',
  'OCIRepository',
  'HelmChart',
] as const satisfies readonly ViewKind[];
const KINDS = [...SOURCES, 'Kustomization', 'HelmRelease'] as const satisfies readonly ViewKind[];
/** Reasons of a reconciliation that has just started or is waiting, and so has not failed. */
const UNDER_WAY = ['Progressing', 'ProgressingWithRetry', 'DependencyNotReady', 'ReconciliationInProgress'];
const USUAL_WAIT_MS = 2 * 60_000;

/** Flux sources, Kustomizations and HelmReleases that are not ready. */
export const fluxNotReady: Rule = {
  id: 'gitops/flux',
  gate: 'G6',
  needs: KINDS,
  wants: [
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Service',
    'Namespace',
    'CustomResourceDefinition',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'ResourceQuota',
    'LimitRange',
  ],
  about: {
    looksAt:
      'The conditions Ready, Stalled and Released of Flux objects (GitRepository, HelmRepository, OCIRepository, HelmChart, Kustomization and HelmRelease), and the objects that they depend on.',
    why: 'Flux does not update what it cannot fetch, build or apply: changes in Git do not arrive, and drift is not corrected.',
    whatToDo:
      'Fix what the message reports: the credentials, branch or path of the source, the manifest, or what rejects it in the cluster. Then have Flux reconcile again.',
  },
  *look(looking) {
    const unready = (object: ViewObject) =>
      object.spec.suspend === true ? undefined : conditionIs(object, 'Ready', 'False');
    for (const lasting of lastingConditions(looking, KINDS, unready, USUAL_WAIT_MS)) {
      const { object, found, since } = lasting;
      const isWaiting = UNDER_WAY.includes(found.reason) && !conditionIs(object, 'Stalled', 'True');
      if (!isWaiting || looking.now - since.at >= 5 * USUAL_WAIT_MS) yield notReady(looking, lasting);
    }
  },
};

function notReady({ view, now }: RuleInput, { object, found: ready, since }: Lasting): FindingDraft {
  const missing = missingSource(view, object);
  const isSource = SOURCES.some(one => one === object.kind);
  return {
    severity: 'high',
    object,
    summary: `Flux cannot ${isSource ? 'fetch this source' : 'apply it'}: ${ready.reason}: ${ready.message}`,
    since,
    evidence: [
      quoted(ready),
      ...(['Stalled', 'Released', 'Healthy', 'FetchFailed'] as const).flatMap(type => {
        const one = condition(object, type);
        return one === undefined ? [] : [quoted(one)];
      }),
      text(object.spec.path) !== '' && `spec.path: ${text(object.spec.path)}`,
      text(object.spec.url) !== '' && `spec.url: ${text(object.spec.url)}`,
    ],
    cause: `${ready.reason}: ${ready.message}${missing === undefined ? '' : `. ${missing.words}`}`,
    fixes: [
      missing?.fix,
      {
        text: whatToDo(ready, object),
        command: command(view, ['kubectl', 'describe', ...named(refOf(object))]),
      },
      {
        text: 'Then have Flux reconcile it at once.',
        command: command(view, [
          'kubectl',
          'annotate',
          ...named(refOf(object)),
          '--overwrite',
          `reconcile.fluxcd.io/requestedAt=${new Date(now).toISOString()}`,
        ]),
      },
    ],
    because: becauseOf(view, object, ready.message),
  };
}

/** A source that an object names and that does not exist, and the source that was probably meant. */
function missingSource(view: ClusterView, object: ViewObject): { words: string; fix: FixDraft } | undefined {
  const { kind, name, namespace } = fields(object.spec.sourceRef);
  const source = SOURCES.find(one => one === kind);
  const home = text(namespace) || (object.metadata.namespace ?? '');
  if (source === undefined || view.sync(source).state !== 'live' || view.get(source, home, text(name)) !== undefined)
    return undefined;
  const near = nearest(
    text(name),
    view.inNamespace(source, home).map(one => one.metadata.name),
  );
  const words = `${source} ${home}/${text(name)} is not found${near === undefined ? '' : `; there is ${near}`}`;
  const fix =
    near === undefined
      ? {
          text: `Create ${source} ${text(name)}, or set spec.sourceRef to a source that exists.`,
          command: command(view, ['kubectl', 'edit', ...named(refOf(object))]),
        }
      : {
          text: `Set spec.sourceRef to the existing source ${near}.`,
          command: patchCommand(view, named(refOf(object)), 'merge', { spec: { sourceRef: { name: near } } }),
        };
  return { words, fix };
}

function whatToDo({ reason, message }: Condition, { spec }: ViewObject): string {
  if (/Auth/.test(reason))
    return `Renew the credentials in Secret ${text(fields(spec.secretRef).name) || '(none is named in spec.secretRef)'}.`;
  if (/GitOperation|Checkout|URL|Fetch|Index/.test(reason))
    return `Correct the url, the branch or tag, or the credentials of the source: ${text(spec.url)}.`;
  if (/Build|Artifact|Path/.test(reason))
    return `Correct the manifests in Git, or spec.path${text(spec.path) && ` (${text(spec.path)})`}.`;
  if (/another operation \(install\/upgrade\/rollback\) is in progress/.test(message))
    return 'An interrupted Helm operation left the release pending: roll it back (helm rollback) or delete its newest Secret sh.helm.release.v1.*, then have Flux reconcile.';
  if (/Install|Upgrade|Rollback|Test/.test(reason))
    return 'Correct the values or the chart of the release as the message says; Flux rolls it back or retries it as its remediation settings say.';
  if (/Health/.test(reason)) return 'Fix the objects whose health check fails: the message names them.';
  return 'Correct in Git what the message reports.';
}

/**
 * What may explain the failure: its source, its dependencies, what rejects its objects, and objects that do not become ready.
 */
function becauseOf(view: ClusterView, object: ViewObject, message: string): Cause[] {
  const here = object.metadata.namespace;
  const ref = (one: ReturnType<typeof fields>, kind = text(one.kind)): Cause[] =>
    text(one.name) === '' || kind === ''
      ? []
      : [causeOf({ kind, name: text(one.name), namespace: text(one.namespace) || (here ?? '') })];
  const chart = fields(fields(fields(object.spec.chart).spec).sourceRef);
  const refusal = refusalIn(message);
  return [
    ...ref(fields(object.spec.sourceRef)),
    ...ref(chart),
    ...ref(fields(object.spec.chartRef)),
    ...list(object.spec.dependsOn).flatMap(one => ref(one, object.kind)),
    ...(refusal === undefined ? [] : blamedBy(view, refusal, text(object.spec.targetNamespace) || here)),
    // `Deployment/shop/web status: 'InProgress'`
    ...[...message.matchAll(/\b([A-Z][A-Za-z]+)\/(?:([a-z0-9.-]+)\/)?([a-z0-9.-]+)\b/g)].map(
      ([, kind = '', namespace, name = '']) => causeOf({ kind, name, ...(namespace !== undefined && { namespace }) }),
    ),
  ];
}
