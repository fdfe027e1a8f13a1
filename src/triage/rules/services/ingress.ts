import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { type Fields, list, number, text } from '../../../k8s/fields.ts';
import { causesBehind, isAtZero, serviceBackends } from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { nearest } from '../../facts/near-miss.ts';
import { type FindingDraft, type FixDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause, Severity } from '../../finding/finding.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { readyAddresses } from './endpoints.ts';
import { type Backend, backendsOf } from './users.ts';

/** An Ingress whose backend Service or port does not exist or has no ready endpoint. */
export const ingressBackend: Rule = {
  id: 'ingress/backend',
  gate: 'G9',
  needs: ['Ingress', 'Service'],
  wants: ['EndpointSlice', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  about: {
    looksAt: 'The backends of every Ingress: whether the Service exists, has the port, and has ready endpoints.',
    why: 'The controller answers 503 (or 404) for a path whose backend does not exist.',
    whatToDo: 'Correct the name or the port of the backend, or fix the pods behind the Service.',
  },
  *look({ view }) {
    for (const ingress of view.all('Ingress')) {
      const wrong = backendsOf(ingress.spec)
        .map(backend => backendProblem({ view }, ingress, backend))
        .filter(one => one !== undefined);
      const seen = new Set<string>();
      for (const one of wrong) {
        if (seen.has(one.summary)) continue;
        seen.add(one.summary);
        yield {
          severity: one.severity,
          object: ingress,
          summary: one.summary,
          evidence: [
            `backend of ${one.backend.path}: service ${one.backend.service}, port ${one.backend.port}`,
            one.evidence,
          ],
          cause: one.summary,
          fixes: [
            {
              text: `${one.fix}${undoneBy(view, ingress)}`,
              command: command(view, ['kubectl', 'edit', ...named(refOf(ingress))]),
            },
          ],
          because: [causeOf(refOf(ingress), 'chaos/'), ...one.because],
        };
      }
    }
  },
};

interface BackendProblem {
  backend: Backend;
  severity: Severity;
  summary: string;
  evidence: string;
  fix: string;
  because: Cause[];
}

function noService(view: ClusterView, namespace: string, backend: Backend): BackendProblem {
  const near = nearest(
    backend.service,
    view.inNamespace('Service', namespace).map(one => one.metadata.name),
  );
  return {
    backend,
    severity: 'high',
    summary: `backend service ${backend.service} not found${near ? `; ${near} exists` : ''}`,
    evidence: `Service ${namespace}/${backend.service}: not found`,
    fix: near
      ? `Correct the backend: ${near}, not ${backend.service}.`
      : `Create Service ${backend.service}, or correct the backend.`,
    because: [{ kind: 'Service', namespace, name: backend.service }],
  };
}

function noPort(service: ViewObject, namespace: string, backend: Backend): BackendProblem | undefined {
  const ports = list(service.spec.ports);
  const has = ports.some(one => text(one.name) === backend.port || text(one.port) === backend.port);
  if (has || backend.port === '') return undefined;
  const words = ports.map(one => `${text(one.name) && `${text(one.name)} `}${number(one.port)}`).join(', ');
  const near = meantPort(ports, backend.port);
  return {
    backend,
    severity: 'high',
    summary: `backend service ${backend.service} has no port ${backend.port}; it has ${words}`,
    evidence: `Service ${namespace}/${backend.service} spec.ports: ${words}`,
    fix: near ? `Correct the port of the backend: ${near}, not ${backend.port}.` : 'Correct the port of the backend.',
    because: [causeOf(refOf(service), 'chaos/')],
  };
}

/** The port that was probably meant: of the nearest name, or the only one there is. */
function meantPort(ports: readonly Fields[], asked: string): string | undefined {
  const names = ports.map(one => text(one.name));
  const number = ports.length === 1 ? text(ports[0]?.port) : undefined;
  if (/^\d+$/.test(asked)) return number;
  return nearest(asked, names) ?? (names[0] && ports.length === 1 ? names[0] : number);
}

function backendProblem(
  { view }: Pick<RuleInput, 'view'>,
  ingress: ViewObject,
  backend: Backend,
): BackendProblem | undefined {
  const namespace = ingress.metadata.namespace ?? '';
  const service = view.get('Service', namespace, backend.service);
  if (service === undefined) return noService(view, namespace, backend);
  const wrongPort = noPort(service, namespace, backend);
  if (wrongPort !== undefined) return wrongPort;
  if (
    text(service.spec.type) === 'ExternalName' ||
    view.sync('EndpointSlice').state === 'blind' ||
    readyAddresses(view.slicesOf(namespace, backend.service)) > 0
  )
    return undefined;
  const behind = serviceBackends(view, namespace, backend.service);
  const atZero = behind.pods.length === 0 && behind.workloads.length > 0 && behind.workloads.every(isAtZero);
  return {
    backend,
    severity: atZero ? 'warn' : 'high',
    summary: `backend service ${backend.service} has no ready endpoints`,
    evidence: `Service ${namespace}/${backend.service}: no ready endpoint`,
    fix: 'Fix the pods behind the Service.',
    because: causesBehind(view, namespace, backend.service, behind),
  };
}

const OLD_ANNOTATION = 'kubernetes.io/ingress.class';

/** An Ingress that no controller handles, because its class does not exist. */
export const ingressClass: Rule = {
  id: 'ingress/class',
  gate: 'G9',
  needs: ['Ingress', 'IngressClass'],
  about: {
    looksAt: 'The ingressClassName of every Ingress against the IngressClasses that exist.',
    why: 'A controller serves only Ingresses of its own class: an Ingress of an unknown class gets no address and no traffic.',
    whatToDo: 'Correct ingressClassName, or create the class.',
  },
  *look({ view }) {
    const classes = [...view.all('IngressClass')];
    const isDefault = classes.some(
      one => one.metadata.annotations['ingressclass.kubernetes.io/is-default-class'] === 'true',
    );
    for (const ingress of view.all('Ingress')) {
      const name = text(ingress.spec.ingressClassName);
      const isNamed = name !== '' || ingress.metadata.annotations[OLD_ANNOTATION] !== undefined;
      if (name !== '' && classes.some(one => one.metadata.name === name)) continue;
      if (name === '' && (isNamed || isDefault)) continue;
      yield noClass(view, ingress, classes);
    }
  },
};

function noClass(view: ClusterView, ingress: ViewObject, classes: readonly ViewObject[]): FindingDraft {
  const name = text(ingress.spec.ingressClassName);
  const near = nearest(
    name,
    classes.map(one => one.metadata.name),
  );
  const known = classes.map(one => one.metadata.name).join(', ') || 'none';
  const fix: FixDraft = {
    text: `${near ? `Correct ingressClassName: ${near}, not ${name}.` : `Set ingressClassName to one that exists (${known}).`}${undoneBy(view, ingress)}`,
    command: patchCommand(view, named(refOf(ingress)), 'merge', {
      spec: { ingressClassName: near ?? classes[0]?.metadata.name ?? 'CLASS' },
    }),
  };
  return {
    severity: name === '' ? 'warn' : 'high',
    object: ingress,
    summary:
      name === ''
        ? 'no ingress class is set, and the cluster has no default class'
        : `ingress class ${name} not found${near ? `; ${near} exists` : ''}`,
    evidence: [`spec.ingressClassName: ${name || 'not set'}`, `IngressClasses: ${known}`],
    cause: 'No controller handles the Ingress.',
    fixes: [fix],
    because: [causeOf(refOf(ingress), 'chaos/'), name !== '' && { kind: 'IngressClass', name }],
  };
}

/** An ExternalName Service that refers to a missing Service, or to itself through other Services. */
export const externalName: Rule = {
  id: 'service/external-name',
  gate: 'G9',
  needs: ['Service'],
  about: {
    looksAt:
      'ExternalName Services that name another Service of the cluster (NAME.NAMESPACE.svc): whether it exists, and whether the names form a loop.',
    why: 'An ExternalName is only an alias in DNS: if the target name does not exist, the alias does not resolve.',
    whatToDo: 'Correct externalName.',
  },
  *look({ view }) {
    const target = (service: ViewObject | undefined): { namespace: string; name: string } | undefined => {
      const found =
        text(service?.spec.type) === 'ExternalName'
          ? /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(\.|$)/.exec(text(service?.spec.externalName))
          : null;
      return found ? { name: found[1] ?? '', namespace: found[2] ?? '' } : undefined;
    };
    for (const service of view.all('Service')) {
      const first = target(service);
      if (first === undefined) continue;
      const passed = new Set<string>([`${service.metadata.namespace}/${service.metadata.name}`]);
      let at: { namespace: string; name: string } | undefined = first;
      let last = first;
      while (at !== undefined && !passed.has(`${at.namespace}/${at.name}`)) {
        passed.add(`${at.namespace}/${at.name}`);
        last = at;
        at = target(view.get('Service', at.namespace, at.name));
      }
      const isLoop = at !== undefined;
      if (!isLoop && view.get('Service', last.namespace, last.name) !== undefined) continue;
      const near = isLoop
        ? undefined
        : nearest(
            last.name,
            view.inNamespace('Service', last.namespace).map(one => one.metadata.name),
          );
      yield {
        severity: 'high',
        object: service,
        summary: isLoop
          ? `externalName forms a loop: ${[...passed].join(' → ')}`
          : `externalName names Service ${last.namespace}/${last.name}, which does not exist${near ? `; ${near} does` : ''}`,
        evidence: [`spec.externalName: ${text(service.spec.externalName)}`],
        cause: 'The target of the alias does not resolve.',
        fixes: [
          {
            text: `Correct externalName${near ? `: ${near}.${last.namespace}.svc.cluster.local` : ''}.${undoneBy(view, service)}`,
            command: command(view, ['kubectl', 'edit', ...named(refOf(service))]),
          },
        ],
        because: [
          causeOf(refOf(service), 'chaos/'),
          { kind: 'Service', ...last },
          { kind: 'Namespace', name: last.namespace },
        ],
      };
    }
  },
};
