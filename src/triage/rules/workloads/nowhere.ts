import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, number, text, textMap } from '../../../k8s/fields.ts';
import { causesBehind, isAtZero, serviceBackends } from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { created } from '../../facts/fields.ts';
import { isNear, labelMisses, missText, nearest } from '../../facts/near-miss.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { isDns, serviceUsers } from '../services/users.ts';

/** A DaemonSet that matches no node. */
export const daemonNowhere: Rule = {
  id: 'workload/daemonset-nowhere',
  gate: 'G9',
  needs: ['DaemonSet', 'Node'],
  about: {
    looksAt: 'DaemonSets whose nodeSelector no node matches, and the most similar labels.',
    why: 'A DaemonSet that matches no node has no pods and reports no problem. For special hardware this may be intended.',
    whatToDo: 'Correct the nodeSelector, or label the nodes.',
  },
  *look({ view, now }) {
    const nodes = [...view.all('Node')];
    for (const set of view.all('DaemonSet')) {
      if (number(set.status.desiredNumberScheduled) > 0 || nodes.length === 0 || now - created(set) < 120_000) continue;
      const wanted = textMap(fields(fields(set.spec.template).spec).nodeSelector);
      const misses = nodes.map(node => labelMisses(wanted, node.metadata.labels));
      if (Object.keys(wanted).length === 0 || misses.some(one => one.length === 0)) continue;
      const near = misses.find(one => one.every(isNear));
      const words = Object.entries(wanted)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ');
      yield {
        severity: near ? 'high' : 'warn',
        object: set,
        summary: `runs on no node: no node matches its nodeSelector ${near ? near.map(missText).join('; ') : words}`,
        evidence: [
          `spec.template.spec.nodeSelector: ${words}`,
          'status.desiredNumberScheduled: 0',
          `nodes: ${nodes.length}`,
        ],
        cause: `No node has the labels ${words}.`,
        fixes: [
          {
            text: `Correct the nodeSelector${near ? `: ${near.map(one => `${one.instead?.key}=${one.instead?.value}`).join(', ')}` : ''}, or label the nodes.${undoneBy(view, set)}`,
            command: command(view, ['kubectl', 'edit', ...named(refOf(set))]),
          },
        ],
        because: [causeOf(refOf(set), 'chaos/')],
      };
    }
  },
};

/** A workload at zero replicas whose Service is needed. */
export const zeroInUse: Rule = {
  id: 'workload/scaled-to-zero',
  gate: 'G9',
  needs: ['Deployment', 'StatefulSet', 'Service', 'Pod'],
  wants: ['APIService', 'Ingress', 'CustomResourceDefinition', 'HorizontalPodAutoscaler'],
  about: {
    looksAt:
      'Workloads at 0 replicas behind a Service that an API service, the conversion of a CRD or the DNS of the cluster needs, or that an Ingress sends requests to. Another rule covers fail-closed webhooks.',
    why: 'Whether the workload was scaled to zero on purpose or not: meanwhile everything that needs its Service fails.',
    whatToDo: 'Scale the workload up, or remove what needs its Service.',
  },
  *look({ view }) {
    const users = serviceUsers(view);
    for (const [key, words] of users) {
      const [namespace = '', name = ''] = key.split('/');
      const needed = words.filter(one => !one.startsWith('webhook '));
      if (needed.length === 0) continue;
      const behind = serviceBackends(view, namespace, name);
      if (behind.pods.length > 0) continue;
      const onlyIngress = needed.every(one => one.startsWith('Ingress '));
      for (const workload of behind.workloads.filter(isAtZero))
        yield {
          severity: behind.service && isDns(behind.service.metadata) ? 'critical' : onlyIngress ? 'warn' : 'high',
          object: workload,
          summary: `scaled to 0 replicas, and ${needed.slice(0, 3).join(', ')} ${needed.length === 1 ? 'needs' : 'need'} its Service`,
          evidence: ['spec.replicas: 0', `Service ${key} selects its pods`, `needed by: ${needed.join(', ')}`],
          cause: `${workload.kind} ${workload.metadata.name} has no pods because spec.replicas is 0.`,
          fixes: [
            {
              text: `Scale it up again.${undoneBy(view, workload)}`,
              command: command(view, ['kubectl', 'scale', ...named(refOf(workload)), '--replicas=1']),
            },
          ],
          because: causesBehind(view, namespace, name, behind).filter(one => one.kind === 'Namespace'),
        };
    }
  },
};

/** A StatefulSet whose governing Service does not exist: its pods have no names in DNS. */
export const governingService: Rule = {
  id: 'workload/service-name',
  gate: 'G9',
  needs: ['StatefulSet', 'Service'],
  about: {
    looksAt: 'StatefulSets whose spec.serviceName names a Service that does not exist.',
    why: 'The DNS names of the individual pods (web-0.web.shop.svc) come from that Service; the members of a clustered application use them to reach one another.',
    whatToDo:
      'Create the headless Service. serviceName itself cannot be changed: if the name is wrong, the StatefulSet must be deleted and created again.',
  },
  *look({ view }) {
    for (const set of view.all('StatefulSet')) {
      const { namespace = '', name } = set.metadata;
      const wanted = text(set.spec.serviceName);
      if (wanted === '' || number(set.spec.replicas, 1) === 0 || view.get('Service', namespace, wanted) !== undefined)
        continue;
      const near = nearest(wanted, namesOf(view.inNamespace('Service', namespace)));
      yield {
        severity: near ? 'high' : 'warn',
        object: set,
        summary: `its Service ${wanted} does not exist, so its pods have no DNS names${near ? `; Service ${near} exists` : ''}`,
        evidence: [`spec.serviceName: ${wanted}`, `Service ${namespace}/${wanted}: not found`],
        cause: `The governing Service ${wanted} of StatefulSet ${name} is missing.`,
        fixes: [
          {
            text: `Create the headless Service ${wanted}.`,
            command: command(view, [
              'kubectl',
              'create',
              'service',
              'clusterip',
              wanted,
              '-n',
              namespace,
              '--clusterip=None',
            ]),
          },
        ],
        because: [causeOf(refOf(set), 'chaos/')],
      };
    }
  },
};

const namesOf = (objects: readonly ViewObject[]): string[] => objects.map(one => one.metadata.name);

/** A StatefulSet whose update is held back by its partition. */
export const heldByPartition: Rule = {
  id: 'workload/partition',
  gate: 'G9',
  needs: ['StatefulSet'],
  about: {
    looksAt:
      'StatefulSets with a new revision whose updateStrategy.rollingUpdate.partition keeps some or all pods at the old one.',
    why: 'Pods with a number below the partition are not updated. This may be an intended canary, or a partition that was not removed afterwards.',
    whatToDo: 'Lower the partition when the new revision is good.',
  },
  *look({ view }) {
    for (const set of view.all('StatefulSet')) {
      const partition = number(fields(fields(set.spec.updateStrategy).rollingUpdate).partition);
      const [current, update] = [text(set.status.currentRevision), text(set.status.updateRevision)];
      if (partition === 0 || update === '' || current === update || number(set.spec.replicas, 1) === 0) continue;
      yield {
        severity: 'warn',
        object: set,
        summary: `the rollout is held back by partition ${partition}: ${number(set.status.updatedReplicas)} of ${number(set.spec.replicas, 1)} pods updated`,
        evidence: [
          `spec.updateStrategy.rollingUpdate.partition: ${partition}`,
          `status: currentRevision ${current}, updateRevision ${update}`,
        ],
        cause: `Pods below number ${partition} keep the old revision.`,
        fixes: [
          {
            text: 'Set the partition to 0 to update all pods.',
            command: command(view, [
              'kubectl',
              'patch',
              ...named(refOf(set)),
              '--type=merge',
              '-p',
              '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}',
            ]),
          },
        ],
      };
    }
  },
};
