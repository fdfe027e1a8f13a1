import { type Fields, fields, list } from '../../k8s/fields.ts';
import type { KubeObject } from '../../k8s/object.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The specs of the pods that run when this object is created. */
export function podSpecsOf(object: KubeObject): Fields[] {
  const spec = fields(object.spec);
  if (object.kind === 'Pod') return [spec];
  const template = object.kind === 'CronJob' ? fields(fields(spec.jobTemplate).spec).template : spec.template;
  return template === undefined ? [] : [fields(fields(template).spec)];
}

const containersOf = (spec: Fields): Fields[] => [
  ...list(spec.initContainers),
  ...list(spec.containers),
  ...list(spec.ephemeralContainers),
];

/** The images that the pods run, in order. */
export const imagesIn = (spec: Fields): string[] => containersOf(spec).map(({ image }) => text(image) || '(no image)');

/** The ServiceAccount that the pods run as. */
export const accountOf = (spec: Fields): string =>
  text(spec.serviceAccountName) || text(spec.serviceAccount) || 'default';

/** The volumes by name and source, as `certs (secret web-tls)`. */
export function volumesIn(spec: Fields): string[] {
  return list(spec.volumes).map(volume => {
    const [kind = 'emptyDir', source] = Object.entries(volume).find(([key]) => key !== 'name') ?? [];
    const of = fields(source);
    const which = text(of.secretName) || text(of.claimName) || text(of.path) || text(of.name);
    return `${text(volume.name)} (${which === '' ? kind : `${kind} ${which}`})`;
  });
}

/** Every way in which the pods would reach the node they run on, each a phrase; none for ordinary pods. */
export function hostAccessIn(spec: Fields): string[] {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter(field => spec[field] === true);
  const paths = list(spec.volumes).flatMap(volume =>
    volume.hostPath === undefined ? [] : [`hostPath ${text(fields(volume.hostPath).path)}`],
  );
  const windows = fields(fields(spec.securityContext).windowsOptions).hostProcess === true ? ['hostProcess'] : [];
  return [...shared, ...paths, ...windows, ...containersOf(spec).flatMap(accessOf)];
}

function accessOf(container: Fields): string[] {
  const security = fields(container.securityContext);
  const added = fields(security.capabilities).add;
  const ports = list(container.ports).filter(({ hostPort }) => typeof hostPort === 'number' && hostPort > 0);
  return [
    ...(security.privileged === true ? ['privileged'] : []),
    ...(Array.isArray(added) && added.length > 0 ? [`capabilities ${added.join(', ')}`] : []),
    ...(security.procMount === 'Unmasked' ? ['unmasked /proc'] : []),
    ...(fields(security.windowsOptions).hostProcess === true ? ['hostProcess'] : []),
    ...ports.map(({ hostPort }) => `hostPort ${hostPort}`),
  ];
}
