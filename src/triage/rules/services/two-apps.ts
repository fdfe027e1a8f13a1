import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields } from '../../../k8s/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { topOf } from '../pods/owner.ts';
import { podsOf, selects } from './endpoints.ts';

/** Labels that identify an application. */
const SAME_APP = ['app.kubernetes.io/name', 'app', 'k8s-app', 'name'];

/** A Service whose selector matches pods of different applications. */
export const serviceOfTwoApps: Rule = {
  id: 'service/two-apps',
  gate: 'G9',
  needs: ['Service', 'Pod'],
  wants: ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet'],
  about: {
    looksAt:
      'Services whose selector matches pods of several workloads with different values of the label app, app.kubernetes.io/name, k8s-app or name. Versions of one application, such as a canary, have the same value.',
    why: 'Connections are distributed over all of these pods, so some requests reach an application that cannot handle them.',
    whatToDo: 'Make the selector of the Service more specific, unless all of these pods are intended.',
  },
  *look({ view }) {
    for (const service of view.all('Service')) {
      if (!selects(service)) continue;
      const apps = appsBehind(view, service);
      if (apps.size < 2) continue;
      const names = [...apps.keys()].sort();
      yield {
        severity: 'warn',
        object: service,
        summary: `the selector matches the pods of more than one application: ${names.join(', ')}`,
        evidence: [
          `spec.selector: ${JSON.stringify(service.spec.selector)}`,
          ...names.map(name => `${name}: pods such as ${apps.get(name)?.metadata.name}`),
        ],
        cause:
          'The labels of the selector are common to several applications: each connection goes to one of them at random.',
        fixes: [
          {
            text: `Add a label to the selector that only the intended pods have.`,
            command: command(view, ['kubectl', 'edit', ...named(refOf(service))]),
          },
        ],
        because: [causeOf(refOf(service), 'chaos/')],
      };
    }
  },
};

/** One pod of each application behind a Service; empty when a pod does not name its application. */
function appsBehind(view: ClusterView, service: ViewObject): Map<string, ViewObject> {
  const pods = podsOf(view, service);
  const key = SAME_APP.find(one => pods.length > 0 && pods.every(pod => pod.metadata.labels[one] !== undefined));
  const found = new Map<string, ViewObject>();
  if (key === undefined || fields(service.spec.selector)[key] !== undefined) return found;
  const tops = new Set(pods.map(pod => topOf(view, pod).ref.name));
  if (tops.size < 2) return found;
  for (const pod of pods) found.set(`${key}=${pod.metadata.labels[key]}`, pod);
  return found;
}
