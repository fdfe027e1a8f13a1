import { each, type Fields, part } from '../../defaults/fill.ts';
import { isRecord } from '../../object.ts';
import { quantityValue } from '../../quantity.ts';
import type { StatusCause } from '../../status.ts';
import { duplicates, forbiddenField, invalidValue, missing, portCause, required, unsupported } from '../field.ts';
import { label } from '../names.ts';
import { containerPartsCauses } from './container-parts.ts';
import { containerDetailCauses, podDetailCauses, sourceDetailCauses } from './pod-details.ts';
import { podPartsCauses } from './pod-parts.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

function pullPolicyCauses({ imagePullPolicy: policy }: Fields, field: string): StatusCause[] {
  const known = policy === undefined || PULL_POLICIES.includes(String(policy));
  return known ? [] : [unsupported(`${field}.imagePullPolicy`, policy, PULL_POLICIES)];
}

/** A request must not exceed its limit. */
function resourceCauses(resources: Fields | undefined, field: string): StatusCause[] {
  const limits = part(resources, 'limits') ?? {};
  const negative = ['limits', 'requests'].flatMap(list =>
    Object.entries(part(resources, list) ?? {}).flatMap(([name, amount]) =>
      (quantityValue(amount) ?? 0) < 0
        ? [invalidValue(`${field}.${list}[${name}]`, String(amount), 'must be greater than or equal to 0')]
        : [],
    ),
  );
  if (negative.length > 0) return negative;
  return Object.entries(part(resources, 'requests') ?? {}).flatMap(([name, amount]) => {
    const most = limits[name];
    if (most === undefined || (quantityValue(amount) ?? 0) <= (quantityValue(most) ?? 0)) return [];
    return [
      invalidValue(`${field}.requests`, String(amount), `must be less than or equal to ${name} limit of ${most}`),
    ];
  });
}

function containerCauses(container: Fields, field: string, volumes: ReadonlySet<unknown>): StatusCause[] {
  const causes: StatusCause[] = [];
  if (!container.name) causes.push(required(`${field}.name`));
  else {
    const bad = label(String(container.name));
    if (bad) causes.push(invalidValue(`${field}.name`, container.name, bad));
  }
  if (!container.image) causes.push(required(`${field}.image`));
  else if (container.image !== String(container.image).trim())
    causes.push(invalidValue(`${field}.image`, container.image, 'must not have leading or trailing whitespace'));
  causes.push(
    ...pullPolicyCauses(container, field),
    ...resourceCauses(part(container, 'resources'), `${field}.resources`),
  );
  each(container, 'ports').forEach((port, i) => {
    if (port.containerPort === undefined || port.containerPort === 0)
      causes.push(required(`${field}.ports[${i}].containerPort`));
    else causes.push(...portCause(`${field}.ports[${i}].containerPort`, port.containerPort));
  });
  causes.push(...containerPartsCauses(container, field), ...containerDetailCauses(container, field));
  each(container, 'volumeMounts').forEach((mount, i) => {
    if (!mount.mountPath) causes.push(required(`${field}.volumeMounts[${i}].mountPath`));
    if (!volumes.has(mount.name)) causes.push(missing(`${field}.volumeMounts[${i}].name`, mount.name));
  });
  return causes;
}

/** What is wrong with a pod spec at `field`. */
export function podSpecCauses(spec: unknown, field: string): StatusCause[] {
  if (!isRecord(spec)) return [required(`${field}.containers`)];
  const volumes = each(spec, 'volumes');
  const ofVolumes = volumes.map((volume, i) => volumeCauses(volume, `${field}.volumes[${i}]`));
  // An invalid volume does not count as mountable.
  const names = new Set(volumes.filter((_, i) => ofVolumes[i]?.length === 0).map(v => v.name));
  const containers = each(spec, 'containers');
  const causes: StatusCause[] = ofVolumes.flat();
  causes.push(...duplicates(volumes, 'name', `${field}.volumes`));
  if (containers.length === 0) causes.push(required(`${field}.containers`));
  for (const list of ['containers', 'initContainers']) {
    const items = each(spec, list);
    items.forEach((c, i) => {
      causes.push(...containerCauses(c, `${field}.${list}[${i}]`, names));
    });
    causes.push(...duplicates(items, 'name', `${field}.${list}`));
  }
  return [...causes, ...podPartsCauses(spec, field), ...podDetailCauses(spec, field)];
}

function volumeCauses(volume: Fields, field: string): StatusCause[] {
  if (!volume.name) return [required(`${field}.name`)];
  const bad = label(String(volume.name));
  const sources = Object.keys(volume).filter(key => key !== 'name');
  const odd = sources.filter(source => Number(part(volume, source)?.defaultMode ?? 0) > 0o777);
  const mode = 'must be a number between 0 and 0777 (octal), both inclusive';
  return [
    ...odd.map(source => invalidValue(`${field}.${source}.defaultMode`, part(volume, source)?.defaultMode, mode)),
    ...(bad ? [invalidValue(`${field}.name`, volume.name, bad)] : []),
    ...sourceDetailCauses(volume, field),
    ...(sources.length === 0 ? [required(field, 'must specify a volume type')] : []),
    ...sources.slice(1).map(source => forbiddenField(`${field}.${source}`, 'may not specify more than 1 volume type')),
  ];
}

/** Fields of a Pod's spec that may change after it was created. */
const MUTABLE = ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds', 'schedulingGates'];

const immutablePart = (pod: Fields): unknown => {
  const spec = structuredClone(part(pod, 'spec') ?? {});
  for (const name of MUTABLE) delete spec[name];
  for (const list of ['containers', 'initContainers']) for (const c of each(spec, list)) delete c.image;
  return spec;
};

/** Refuses a change of anything in a running Pod but its images, deadline and tolerations. */
export function podUpdateCauses(
  before: Fields,
  after: Fields,
  same: (a: unknown, b: unknown) => boolean,
): StatusCause[] {
  const count = (pod: Fields) => each(part(pod, 'spec'), 'containers').length;
  if (count(before) !== count(after))
    return [forbiddenField('spec.containers', 'pod updates may not add or remove containers')];
  if (same(immutablePart(before), immutablePart(after))) return [];
  return [
    {
      reason: 'FieldValueForbidden',
      message:
        'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
      field: 'spec',
    },
  ];
}
