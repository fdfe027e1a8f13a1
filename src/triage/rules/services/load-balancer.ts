import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { undoneBy } from '../../facts/claims.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** A load balancer is usually ready within a few minutes. */
const USUAL_WAIT_MS = 5 * 60_000;

const isLoadBalancer = ({ spec }: ViewObject): boolean => text(spec.type) === 'LoadBalancer';
const addresses = ({ status }: ViewObject): readonly unknown[] => list(fields(status.loadBalancer).ingress);

/** A Service of type LoadBalancer that gets no address. */
export const loadBalancerPending: Rule = {
  id: 'service/load-balancer',
  gate: 'G9',
  needs: ['Service'],
  wants: ['Event'],
  about: {
    looksAt:
      'Services of type LoadBalancer without an address in status.loadBalancer for over five minutes, the warnings of the cloud controller, and whether other Services of the cluster have an address.',
    why: 'Until a cloud controller, or one such as MetalLB, has created a load balancer, the external IP stays <pending> and the Service cannot be reached from outside.',
    whatToDo:
      'Read the warnings of the Service: quota, subnet, permissions of the cloud account, spec.loadBalancerClass. If there is no such controller, use an Ingress or a NodePort.',
  },
  *look({ view, now }) {
    const balanced = [...view.all('Service')].filter(isLoadBalancer);
    const isServed = balanced.some(one => addresses(one).length > 0);
    for (const service of balanced) {
      const { metadata, spec } = service;
      const age = now - created(service);
      if (addresses(service).length > 0 || age < USUAL_WAIT_MS || metadata.deletionTimestamp !== undefined) continue;
      const [warning] = view
        .eventsAbout({ ...metadata, kind: 'Service' })
        .filter(({ reason }) => /LoadBalancer|AllocationFailed/.test(reason));
      const wanted = text(spec.loadBalancerClass);
      const why = warning
        ? `its controller fails: ${warning.message}`
        : isServed
          ? `other Services of this cluster have an address${wanted && `; this one has loadBalancerClass ${wanted}`}`
          : 'no controller in this cluster provides load balancers';
      yield {
        // A cluster without any load balancer is probably accessed in another way.
        severity: warning !== undefined || isServed ? 'high' : 'warn',
        object: service,
        summary: `the load balancer is pending: no external address (${why})`,
        since: { at: created(service), exact: false },
        evidence: [
          'spec.type: LoadBalancer',
          'status.loadBalancer.ingress: none',
          wanted !== '' && `spec.loadBalancerClass: ${wanted}`,
          warning && `event ${warning.reason}: "${warning.message}"`,
        ],
        cause: `No controller has given the Service of type LoadBalancer an external IP: ${why}.`,
        fixes: [
          {
            text: 'Read the warnings of the Service, then the logs of the cloud controller manager (or of MetalLB).',
            command: command(view, ['kubectl', 'describe', ...named(refOf(service))]),
          },
          {
            text: `If there is no such controller, change spec.type to ClusterIP behind an Ingress, or to NodePort${wanted && ', or correct spec.loadBalancerClass'}.${undoneBy(view, service)}`,
            command: command(view, ['kubectl', 'edit', ...named(refOf(service))]),
          },
        ],
        because: [causeOf(refOf(service), 'chaos/')],
      };
    }
  },
};
