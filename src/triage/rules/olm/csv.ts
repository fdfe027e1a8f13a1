import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text, time } from '../../../k8s/fields.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** How long an installation may take, in milliseconds. */
const USUAL_WAIT_MS = 5 * 60_000;
const UNDER_WAY = new Set(['Pending', 'InstallReady', 'Installing', 'Unknown']);

/** What to do about each reason that OLM reports. */
const REMEDIES: readonly [RegExp, string][] = [
  [
    /OperatorGroup/,
    'Keep exactly one OperatorGroup in the namespace, with targetNamespaces that the operator supports (spec.installModes).',
  ],
  [/OwnerConflict/, 'Another operator owns the same CRD or APIService: remove one of the two.'],
  [
    /Requirements/,
    'Provide what is missing: install the CRD (or the operator that owns it), create the service account and its permissions.',
  ],
  [/CertRotation/, 'Delete the serving certificate Secret of the operator, so that OLM creates a new one.'],
];

/** A version of an operator that OLM cannot install. */
export const operatorNotInstalled: Rule = {
  id: 'olm/csv',
  gate: 'G7',
  needs: ['ClusterServiceVersion'],
  wants: ['Deployment', 'CustomResourceDefinition', 'ServiceAccount', 'APIService'],
  about: {
    looksAt:
      'The fields status.phase, status.reason and status.requirementStatus of ClusterServiceVersions: those that have Failed, or have been Pending or Installing for over five minutes.',
    why: 'When a ClusterServiceVersion has not Succeeded, its operator does not work: its custom resources are not reconciled.',
    whatToDo: 'Provide the missing requirements, or fix the deployment that does not become ready.',
  },
  *look({ view, now }) {
    for (const version of view.all('ClusterServiceVersion')) {
      const { status, metadata } = version;
      const phase = text(status.phase);
      const at = time(status.lastTransitionTime) ?? created(version);
      const isStuck = UNDER_WAY.has(phase) && now - at > USUAL_WAIT_MS;
      // OLM creates a copy in every namespace that the operator watches.
      const isCopy = text(status.reason) === 'Copied' || metadata.labels['olm.copiedFrom'] !== undefined;
      if (isCopy || metadata.deletionTimestamp !== undefined || (phase !== 'Failed' && !isStuck)) continue;
      const missing = list(status.requirementStatus).filter(one => /Not/.test(text(one.status)));
      const missingNames = missing.map(one => `${text(one.kind)} ${text(one.name)}`).join(', ');
      const reason = text(status.reason);
      yield {
        severity: 'high',
        object: version,
        summary: `the operator is not installed (${phase}, ${reason || 'no reason'}): ${missingNames === '' ? text(status.message) || 'no message' : `requirements not met: ${missingNames} missing`}`,
        since: { at, exact: status.lastTransitionTime !== undefined },
        evidence: [
          `status: phase ${phase}, reason ${reason}, message "${text(status.message)}"`,
          ...missing
            .slice(0, 8)
            .map(
              one =>
                `status.requirementStatus ${text(one.kind)} ${text(one.name)}: ${text(one.status)} "${text(one.message)}"`,
            ),
        ],
        cause: `${text(status.message)}${missingNames === '' ? '' : ` Missing: ${missingNames}.`}`,
        fixes: [
          {
            text:
              (missingNames !== '' &&
                `Provide what is missing: ${missingNames}. A CustomResourceDefinition is installed with the operator that owns it.`) ||
              (REMEDIES.find(([words]) => words.test(reason))?.[1] ??
                'Fix the deployments of the operator: OLM then retries.'),
            command: command(view, ['kubectl', 'describe', ...named(refOf(version))]),
          },
        ],
        because: causes(version, missing),
      };
    }
  },
};

/** Possible causes: its deployments and the missing requirements. */
function causes({ metadata, spec }: ViewObject, missing: readonly Readonly<Record<string, unknown>>[]): Cause[] {
  const namespace = metadata.namespace ?? '';
  return [
    ...list(fields(fields(spec.install).spec).deployments).map(one =>
      causeOf({ kind: 'Deployment', namespace, name: text(one.name) }),
    ),
    ...missing.map(one => {
      const kind = text(one.kind);
      const isCluster = kind === 'CustomResourceDefinition' || kind === 'APIService';
      return causeOf({ kind, name: text(one.name), ...(!isCluster && { namespace }) });
    }),
  ];
}
