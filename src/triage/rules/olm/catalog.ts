import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, text, time } from '../../../k8s/fields.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { topOf } from '../pods/owner.ts';

/** A registry pod is not reachable right after it was started. */
const USUAL_WAIT_MS = 5 * 60_000;
/** States of a connection that has failed. IDLE is not one of them: it means that the connection is not in use. */
const BROKEN = new Set(['TRANSIENT_FAILURE', 'CONNECTING', 'SHUTDOWN']);

/** A catalog of the Operator Lifecycle Manager (OLM) whose registry does not respond. */
export const catalogUnreachable: Rule = {
  id: 'olm/catalog',
  gate: 'G7',
  needs: ['CatalogSource'],
  wants: ['Pod', 'Service'],
  about: {
    looksAt: 'The fields status.connectionState and status.reason of CatalogSources.',
    why: 'OLM resolves all Subscriptions of a namespace together: while one catalog does not answer, none of the operators in its namespace can be installed or upgraded.',
    whatToDo:
      'Fix the registry pod of the catalog (its image, most often), or correct spec.image or spec.address. Delete a catalog that is not needed.',
  },
  *look({ view, now }) {
    for (const catalog of view.all('CatalogSource')) {
      const { namespace = '', name } = catalog.metadata;
      const wrong = wrongWith(catalog, now);
      if (wrong === undefined) continue;
      const pods = view
        .inNamespace('Pod', namespace)
        .filter(({ metadata }) => metadata.labels['olm.catalogSource'] === name);
      yield {
        severity: 'high',
        object: catalog,
        summary: `the catalog does not respond (${wrong}): operators cannot be installed or upgraded from it`,
        since: { at: lastConnect(catalog), exact: false },
        evidence: [
          `status.connectionState: ${JSON.stringify(catalog.status.connectionState ?? {})}`,
          text(catalog.status.message) !== '' && `status.message: "${text(catalog.status.message)}"`,
          `spec: sourceType ${text(catalog.spec.sourceType)}, image ${text(catalog.spec.image) || 'none'}, address ${text(catalog.spec.address) || 'none'}`,
          pods.length === 0
            ? 'no pod has the label olm.catalogSource of this catalog'
            : `registry pods: ${pods.map(pod => pod.metadata.name).join(', ')}`,
        ],
        cause:
          'The registry of the catalog is not running, its image cannot be pulled, or nothing listens at its address.',
        fixes: [
          {
            text: 'Fix the registry pod of the catalog. If the pod is running but hangs, delete it: OLM creates it again.',
            command: command(view, ['kubectl', 'delete', 'pods', '-n', namespace, '-l', `olm.catalogSource=${name}`]),
          },
          {
            text: 'Correct spec.image or spec.address of the catalog, or delete the catalog if it is not needed.',
            command: command(view, ['kubectl', 'edit', ...named(refOf(catalog))]),
          },
        ],
        because: [
          ...pods.flatMap(pod => [causeOf(refOf(pod)), causeOf(topOf(view, pod).ref)]),
          causeOf({ kind: 'Service', namespace, name }),
        ],
      };
    }
  },
};

const lastConnect = (catalog: ViewObject): number =>
  time(fields(catalog.status.connectionState).lastConnect) ?? created(catalog);

function wrongWith(catalog: ViewObject, now: number): string | undefined {
  const state = text(fields(catalog.status.connectionState).lastObservedState);
  if (now - created(catalog) < USUAL_WAIT_MS || catalog.metadata.deletionTimestamp !== undefined) return undefined;
  if (BROKEN.has(state) && (state === 'TRANSIENT_FAILURE' || now - lastConnect(catalog) > USUAL_WAIT_MS)) return state;
  return /Error$/.test(text(catalog.status.reason)) ? text(catalog.status.reason) : undefined;
}
