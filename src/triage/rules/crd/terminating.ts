import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { applicationOf, gitPathOf } from '../../facts/claims.ts';
import { conditions, quoted } from '../../facts/fields.ts';
import { ownerOfFinalizer, ownerText } from '../../facts/finalizer-owner.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { definedBy } from './kinds.ts';

const isBeingDeleted = ({ metadata }: ViewObject): boolean => metadata.deletionTimestamp !== undefined;

const readOf = (crd: ViewObject): Extract<NamedRead, { is: 'instances' }> | undefined => {
  const { apiVersion, kind } = definedBy(crd);
  return apiVersion === undefined ? undefined : { is: 'instances', apiVersion, kind };
};

/** A CRD that is being deleted together with every object of its kind. */
export const crdTerminating: Rule = {
  id: 'crd/terminating',
  gate: 'G3',
  needs: ['CustomResourceDefinition'],
  wants: [
    'Deployment',
    'StatefulSet',
    'Application',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'Service',
  ],
  about: {
    looksAt:
      'CRDs with a deletionTimestamp, the remaining instances, their finalizers, and the controllers that should remove those.',
    why: 'Deleting a CRD deletes every object of its kind. The deletion cannot be cancelled; it only waits for instances with finalizers.',
    whatToDo:
      'Save the remaining instances before anything else. Then let the deletion finish (fix the controller that should remove the finalizers), apply the CRD again, and create the objects again from the saved files or from Git.',
  },
  *asks({ view }) {
    for (const crd of view.all('CustomResourceDefinition')) {
      const read = isBeingDeleted(crd) ? readOf(crd) : undefined;
      if (read !== undefined) yield read;
    }
  },
  *look(looking) {
    for (const crd of looking.view.all('CustomResourceDefinition'))
      if (isBeingDeleted(crd)) yield terminating(looking, crd);
  },
};

function terminating({ view, answers }: RuleInput, crd: ViewObject): FindingDraft {
  const { group, plural, kind } = definedBy(crd);
  const read = readOf(crd);
  const answer = read && answers.instances(read);
  const left = answer?.ok ? answer.value : [];
  const holders = [...new Set(left.flatMap(({ metadata }) => metadata.finalizers ?? []))];
  const owners = holders.map(finalizer => ({ finalizer, owner: ownerOfFinalizer(view, finalizer, group) }));
  const app = applicationOf(view, crd);
  return {
    severity: 'critical',
    object: crd,
    summary: `the CRD is Terminating: all ${kind} objects are being deleted${holders.length > 0 ? `, held by finalizer ${holders.join(', ')}` : ''}`,
    since: { at: time(crd.metadata.deletionTimestamp) ?? 0, exact: true },
    evidence: [
      `metadata.deletionTimestamp: ${crd.metadata.deletionTimestamp}`,
      `metadata.finalizers: ${crd.metadata.finalizers.join(', ') || 'none'}`,
      ...conditions(crd)
        .filter(({ type }) => type === 'Terminating')
        .map(quoted),
      answer !== undefined && !answer.ok && `instances not read: ${answer.message}`,
      answer?.ok &&
        `${counted(left.length, 'instance is', 'instances are')} left${left.length > 0 ? `: ${left.slice(0, 8).map(nameOf).join(', ')}` : ''}`,
    ],
    cause: `The CRD was deleted. ${owners.map(({ finalizer, owner }) => ownerText(finalizer, owner)).join(' ')}`,
    fixes: [
      {
        text: 'First save every remaining instance: the deletion of a CRD cannot be cancelled.',
        command: `${command(view, ['kubectl', 'get', `${plural}.${group}`, '-A', '-o', 'yaml'])} > ${plural}.${group}.yaml`,
      },
      ...owners
        .filter(({ owner }) => owner.builtIn === undefined && !owner.alive)
        .map(({ finalizer, owner }) => ({
          text:
            owner.workloads[0] === undefined
              ? `Then install the controller of finalizer ${finalizer} again, or, once the instances are saved, remove the finalizer from each of them.`
              : `Then restore ${owner.workloads[0].kind} ${owner.workloads[0].metadata.name}, which removes finalizer ${finalizer}.`,
        })),
      {
        text: `When it is gone, apply the CRD again${app === undefined ? '' : ` (sync Application ${app.metadata.name}: ${gitPathOf(app)})`}, wait until it is Established, and create the objects again.`,
      },
    ],
    because: owners.flatMap(({ owner }) => (owner.alive ? [] : owner.workloads.map(one => causeOf(one)))),
  };
}

const nameOf = ({ metadata }: { metadata: { namespace?: string; name: string } }): string =>
  `${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;

/** A CRD whose names or schema the API server does not accept. */
export const crdNotEstablished: Rule = {
  id: 'crd/not-established',
  gate: 'G3',
  needs: ['CustomResourceDefinition'],
  about: {
    looksAt: 'The conditions Established, NamesAccepted and NonStructuralSchema of CRDs.',
    why: 'A CRD that is not established is not served: clients cannot use its kind.',
    whatToDo:
      'Read the condition: another CRD uses the same names (delete one of the two), or the schema is not accepted.',
  },
  *look({ view, now }) {
    for (const crd of view.all('CustomResourceDefinition')) {
      const reported = conditions(crd);
      const bad = reported.filter(
        ({ type, status }) => (type === 'Established' || type === 'NamesAccepted') && status !== 'True',
      );
      const young = now - (time(crd.metadata.creationTimestamp) ?? 0) < 60_000;
      if (bad.length === 0 || isBeingDeleted(crd) || young) continue;
      const clash = reported.find(({ type, status }) => type === 'NamesAccepted' && status === 'False');
      const other = clash === undefined ? undefined : crdWithSameNames(view, crd);
      yield {
        severity: 'high',
        object: crd,
        summary:
          clash === undefined
            ? 'the CRD is not established: its kind is not served'
            : `the CRD is not served: its names conflict with those of another CRD (${clash.reason})`,
        since: { at: Math.max(...bad.map(({ since }) => since ?? 0)), exact: true },
        evidence: bad.map(quoted),
        cause:
          clash === undefined
            ? bad[0]?.message
            : `${clash.message}${other === undefined ? '' : `; CustomResourceDefinition ${other.metadata.name} uses them`}.`,
        fixes: [
          {
            text:
              other === undefined
                ? 'Fix what the condition of the CRD reports.'
                : `Rename the kind, plural or short names of one of the two CRDs, or delete the one that is not used (${other.metadata.name} is the older).`,
            command: command(view, ['kubectl', 'describe', 'crd', crd.metadata.name]),
          },
        ],
      };
    }
  },
};

function crdWithSameNames(view: ClusterView, crd: ViewObject): ViewObject | undefined {
  const own = definedBy(crd);
  return [...view.all('CustomResourceDefinition')].find(other => {
    const one = definedBy(other);
    return other !== crd && one.group === own.group && (one.kind === own.kind || one.plural === own.plural);
  });
}
