import { each, type Fields, part } from '../../defaults/fill.ts';
import type { StatusCause } from '../../status.ts';
import { invalidValue, unlessOneOf } from '../field.ts';
import { label, labelKey, subdomain } from '../names.ts';

const RESTARTS = ['Always', 'OnFailure', 'Never'];
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const LONGEST = 2_147_483_647;

function tolerationCauses({ operator, value, effect }: Fields, field: string): StatusCause[] {
  return [
    ...(operator === 'Exists' && value
      ? [invalidValue(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'")]
      : []),
    ...unlessOneOf(`${field}.effect`, effect || undefined, EFFECTS),
  ];
}

function selectorCauses(selector: Fields | undefined, field: string): StatusCause[] {
  return Object.keys(selector ?? {}).flatMap(key => {
    const bad = labelKey(key);
    return bad ? [invalidValue(field, key, bad)] : [];
  });
}

function deadlineCauses(deadline: unknown, field: string): StatusCause[] {
  if (typeof deadline !== 'number' || (deadline >= 1 && deadline <= LONGEST)) return [];
  return [invalidValue(field, deadline, `must be between 1 and ${LONGEST}, inclusive`)];
}

function nodeNameCauses(name: unknown, field: string): StatusCause[] {
  const bad = name ? subdomain(String(name)) : undefined;
  return bad ? [invalidValue(field, name, bad)] : [];
}

const hostNameCauses = (spec: Fields, field: string): StatusCause[] =>
  ['hostname', 'subdomain'].flatMap(name => {
    const bad = spec[name] ? label(String(spec[name])) : undefined;
    return bad ? [invalidValue(`${field}.${name}`, spec[name], bad)] : [];
  });

/** With hostNetwork a container's port is a port of the node. */
function hostPortCauses(spec: Fields, field: string): StatusCause[] {
  if (spec.hostNetwork !== true) return [];
  return each(spec, 'containers').flatMap((container, i) =>
    each(container, 'ports').flatMap(({ hostPort, containerPort }, j) =>
      hostPort === undefined || hostPort === containerPort
        ? []
        : [
            invalidValue(
              `${field}.containers[${i}].ports[${j}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

/** What is wrong with the parts of a pod spec that are neither containers nor volumes. */
export function podPartsCauses(spec: Fields, field: string): StatusCause[] {
  return [
    ...hostPortCauses(spec, field),
    ...unlessOneOf(`${field}.restartPolicy`, spec.restartPolicy, RESTARTS),
    ...unlessOneOf(`${field}.dnsPolicy`, spec.dnsPolicy, DNS),
    ...selectorCauses(part(spec, 'nodeSelector'), `${field}.nodeSelector`),
    ...each(spec, 'tolerations').flatMap((toleration, i) => tolerationCauses(toleration, `${field}.tolerations[${i}]`)),
    ...deadlineCauses(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...nodeNameCauses(spec.nodeName, `${field}.nodeName`),
    ...hostNameCauses(spec, field),
  ];
}
