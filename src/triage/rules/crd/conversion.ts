import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, text } from '../../../k8s/fields.ts';
import { causesBehind, isAtZero, serviceBackends, unreadyLines } from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { refusalIn } from '../../facts/error-text.ts';
import { conditions } from '../../facts/fields.ts';
import { reportedRefusals } from '../../facts/refusals.ts';
import { routeTo, type ServiceTarget, targetOf } from '../../facts/service-route.ts';
import { type Unreachable, unreachableText } from '../../facts/unreachable.ts';
import { type Certificate, certificatesInBundle, certificateText, validityOf } from '../../facts/x509.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { definedBy, storedVersions } from './kinds.ts';

interface Failed {
  how: Unreachable;
  line: string;
}

/** A CRD whose instances cannot be converted from one version to another. */
export const crdConversionDead: Rule = {
  id: 'crd/conversion-dead',
  gate: 'G3',
  needs: ['CustomResourceDefinition', 'Service', 'EndpointSlice', 'Namespace'],
  wants: ['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'NetworkPolicy', 'Application', 'Event'],
  about: {
    looksAt:
      'CRDs with a conversion webhook: the path to its Service and pods, its caBundle, and failed conversions that namespaces, applications and warnings report.',
    why: 'When an object is stored in a version other than the requested one, the API server calls the conversion webhook. While the webhook cannot be called, every list and watch of the kind fails, namespaces that contain such an object cannot be deleted, and garbage collection stalls.',
    whatToDo:
      'Fix the Service and the pods that serve the webhook. If the schemas of all versions are the same, conversion strategy None needs no webhook.',
  },
  *look({ view, now }) {
    for (const crd of view.all('CustomResourceDefinition')) {
      const broken = brokenConversion(view, now, crd);
      if (broken !== undefined) yield report(view, broken);
    }
  },
};

/** A conversion that fails. */
interface Broken {
  crd: ViewObject;
  target: ServiceTarget | undefined;
  /** The Service or URL that the API server calls, as text. */
  where: string;
  why: string;
  dead: string | undefined;
  failed: readonly Failed[];
  bundle: readonly Certificate[];
}

/**
 * Failures that can also be seen from the Service and its endpoints. When those are in order, messages of such
 * failures are outdated.
 */
const OF_ROUTING: readonly Unreachable[] = ['no endpoints', 'service not found', 'no such port'];

function brokenConversion(view: ClusterView, now: number, crd: ViewObject): Broken | undefined {
  const spec = fields(crd.spec.conversion);
  if (text(spec.strategy) !== 'Webhook') return undefined;
  const client = fields(fields(spec.webhook).clientConfig);
  const target = targetOf(client.service);
  const { group, kind } = definedBy(crd);
  const failed = failedConversions(view, group, kind);
  const route = target && routeTo(view, target);
  const dead = route?.is === 'broken' && (route.certain || failed.length > 0) ? route : undefined;
  const bundle = certificatesInBundle(text(client.caBundle)) ?? [];
  const where = target === undefined ? text(client.url) : `Service ${target.namespace}/${target.name}`;
  const broken = { crd, target, where, dead: dead?.evidence, failed, bundle };
  if (dead !== undefined)
    return { ...broken, why: `${dead.failure === 'no service' ? 'service not found' : dead.failure}: ${where}` };
  if (bundle.length > 0 && bundle.every(one => validityOf(one, now) === 'expired'))
    return { ...broken, why: 'the CA in its caBundle has expired' };
  const seen = failed.find(({ how }) => !OF_ROUTING.includes(how));
  return seen && { ...broken, why: unreachableText[seen.how] };
}

function report(view: ClusterView, broken: Broken): FindingDraft {
  const { crd, target, where, why, dead, failed, bundle } = broken;
  const { kind, versions } = definedBy(crd);
  // With a single version, in which every object is stored, nothing is converted.
  const converts =
    versions.filter(({ served }) => served).length > 1 || storedVersions(crd).length > 1 || failed.length > 0;
  const behind = target && serviceBackends(view, target.namespace, target.name);
  return {
    severity: converts ? 'critical' : 'warn',
    object: crd,
    summary: `the conversion webhook of the CRD fails (${why})${converts ? ': lists of its kind fail' : ', but nothing is converted yet'}`,
    evidence: [
      `spec.conversion.strategy: Webhook, clientConfig: ${where}`,
      dead,
      `versions: ${versions.map(one => `${one.name}${one.served ? '' : ' (not served)'}${one.storage ? ' (stored)' : ''}`).join(', ')}; status.storedVersions: ${storedVersions(crd).join(', ')}`,
      ...failed.slice(0, 3).map(({ line }) => line),
      ...[...unreadyLines(behind?.pods ?? [])].slice(0, 3),
      ...bundle.slice(0, 2).map(one => `caBundle: ${certificateText(one)}`),
    ],
    cause: `The API server cannot convert ${kind} objects between versions: every list and watch of them fails, namespaces that contain one stay Terminating, and garbage collection stalls.`,
    fixes: [
      repairFix(view, where, behind?.workloads[0]),
      {
        text: `If all versions have the same schema, set conversion strategy None, which needs no webhook.${undoneBy(view, crd)}`,
        command: patchCommand(view, ['crd', crd.metadata.name], 'merge', {
          spec: { conversion: { strategy: 'None', webhook: null } },
        }),
        safe: false,
      },
    ],
    because:
      target === undefined || behind === undefined ? [] : causesBehind(view, target.namespace, target.name, behind),
  };
}

function repairFix(view: ClusterView, where: string, workload: ViewObject | undefined) {
  if (workload === undefined)
    return {
      text: `Restore ${where} and the controller behind it, so that the conversion webhook can be called again.`,
    };
  const what = named(refOf(workload));
  return isAtZero(workload)
    ? {
        text: `Scale ${workload.metadata.name} up again: it serves the conversion webhook.${undoneBy(view, workload)}`,
        command: command(view, ['kubectl', 'scale', ...what, '--replicas=1']),
      }
    : {
        text: `Fix ${workload.kind} ${workload.metadata.name}, which serves the conversion webhook.`,
        command: command(view, ['kubectl', 'describe', ...what]),
      };
}

/** Failed conversions of a kind that namespaces, applications, workloads and warning events report. */
function failedConversions(view: ClusterView, group: string, kind: string): Failed[] {
  const of = (message: string, where: string): Failed[] => {
    const refusal = refusalIn(message);
    return refusal?.is === 'conversion failed' && refusal.group === group && refusal.kind === kind
      ? [{ how: refusal.how, line: `${where}: "${message}"` }]
      : [];
  };
  return [
    ...[...view.all('Namespace')].flatMap(one =>
      conditions(one)
        .filter(({ status }) => status === 'True')
        .flatMap(({ type, message }) => of(message, `Namespace ${one.metadata.name} status.conditions[${type}]`)),
    ),
    ...[...reportedRefusals(view)].flatMap(({ message: said, where, about }) =>
      of(said, `${about.kind} ${about.metadata.name} ${where}`),
    ),
    ...[...view.events()].flatMap(({ message, about }) => of(message, `event about ${about.kind} ${about.name}`)),
  ];
}
