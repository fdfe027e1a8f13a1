import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { text } from '../../../k8s/fields.ts';
import { type Condition, condition, created, quoted, sinceTime } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** How long resolution may take after a change, in milliseconds. */
const USUAL_WAIT_MS = 2 * 60_000;
/** Conditions of a Subscription that fails, the most specific first. */
const FAULTS = ['ResolutionFailed', 'BundleUnpackFailed', 'InstallPlanFailed', 'InstallPlanMissing'];

/** A Subscription that OLM cannot resolve or install. */
export const subscriptionFails: Rule = {
  id: 'olm/subscription',
  gate: 'G7',
  needs: ['Subscription'],
  wants: ['CatalogSource', 'InstallPlan', 'ClusterServiceVersion'],
  about: {
    looksAt:
      'The conditions ResolutionFailed, BundleUnpackFailed, InstallPlanFailed, InstallPlanMissing and CatalogSourcesUnhealthy of Subscriptions, and whether the catalog that each names exists.',
    why: 'An operator whose Subscription cannot be resolved is neither installed nor upgraded. One such Subscription blocks all others in its namespace.',
    whatToDo: 'Correct the package, the channel or the catalog in the Subscription, or fix what the message reports.',
  },
  *look({ view, now }) {
    for (const subscription of view.all('Subscription')) {
      const wrong = wrongWith(view, subscription);
      const at = wrong?.fault?.since ?? created(subscription);
      if (wrong === undefined || now - at < USUAL_WAIT_MS) continue;
      const { spec, status } = subscription;
      yield {
        // When a version is installed, it continues to work.
        severity: text(status.installedCSV) === '' ? 'high' : 'warn',
        object: subscription,
        summary: `operator ${text(spec.name)} cannot be ${text(status.installedCSV) === '' ? 'installed' : 'upgraded'}: ${wrong.what}`,
        since: sinceTime(wrong.fault?.since, at),
        evidence: [
          wrong.fault && quoted(wrong.fault),
          `spec: name ${text(spec.name)}, channel ${text(spec.channel) || '(default)'}, source ${sourceOf(subscription)}`,
          `status: state ${text(status.state) || 'none'}, installedCSV ${text(status.installedCSV) || 'none'}`,
        ],
        cause: wrong.fault?.message || wrong.what,
        fixes: [
          wrong.fix,
          {
            text: 'See which packages and channels the catalogs offer.',
            command: command(view, ['kubectl', 'get', 'packagemanifests', '-n', subscription.metadata.namespace ?? '']),
          },
        ],
        because: causes(subscription),
      };
    }
  },
};

interface Wrong {
  what: string;
  fault: Condition | undefined;
  fix: { text: string; command: string };
}

const sourceOf = ({ spec }: ViewObject): string => `${text(spec.sourceNamespace)}/${text(spec.source)}`;

function wrongWith(view: ClusterView, subscription: ViewObject): Wrong | undefined {
  const fault = FAULTS.map(type => condition(subscription, type)).find(one => one?.status === 'True');
  const missing = missingCatalog(view, subscription);
  if (missing !== undefined) return { ...missing, fault };
  if (fault === undefined) return undefined;
  const { spec } = subscription;
  const edit = command(view, ['kubectl', 'edit', ...named(refOf(subscription))]);
  return {
    what: `${fault.reason || fault.type}: ${fault.message}`,
    fault,
    fix:
      fault.reason === 'ConstraintsNotSatisfiable'
        ? {
            text: `Correct the channel (${text(spec.channel)}), the package (${text(spec.name)}), startingCSV or the source of the Subscription; if two operators conflict, remove one of them.`,
            command: edit,
          }
        : { text: 'Fix what the message names; OLM then retries.', command: edit },
  };
}

function missingCatalog(view: ClusterView, subscription: ViewObject): Omit<Wrong, 'fault'> | undefined {
  const [namespace, name] = [text(subscription.spec.sourceNamespace), text(subscription.spec.source)];
  if (view.sync('CatalogSource').state !== 'live' || view.serves('CatalogSource') !== true || name === '')
    return undefined;
  if (view.get('CatalogSource', namespace, name) !== undefined) return undefined;
  const near = nearest(
    name,
    view.inNamespace('CatalogSource', namespace).map(one => one.metadata.name),
  );
  return {
    what: `catalog source ${namespace}/${name} is not found${near ? `; there is ${near}` : ''}`,
    fix:
      near === undefined
        ? {
            text: `Create CatalogSource ${namespace}/${name}, or set spec.source and spec.sourceNamespace to one that exists.`,
            command: command(view, ['kubectl', 'get', 'catalogsources.operators.coreos.com', '-A']),
          }
        : {
            text: `Use the existing catalog ${near}.`,
            command: patchCommand(view, named(refOf(subscription)), 'merge', { spec: { source: near } }),
          },
  };
}

const causes = ({ metadata, spec, status }: ViewObject): Cause[] => [
  causeOf({ kind: 'CatalogSource', namespace: text(spec.sourceNamespace), name: text(spec.source) }),
  ...[text(status.currentCSV), text(status.installedCSV)]
    .filter(name => name !== '')
    .map(name => causeOf({ kind: 'ClusterServiceVersion', namespace: metadata.namespace ?? '', name })),
];
