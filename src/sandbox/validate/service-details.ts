import { each, part } from '../defaults/fill.ts';
import type { StatusCause } from '../status.ts';
import { duplicates, forbiddenField, invalidValue, unsupported } from './field.ts';
import { labelKey } from './names.ts';
import { addressCauses, portNameCauses } from './pod/pod-details.ts';
import { type Rule, specOf } from './rule.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const LONGEST = 86_400;

function affinityCauses(affinity: unknown, seconds: unknown): StatusCause[] {
  if (affinity !== undefined && affinity !== 'ClientIP' && affinity !== 'None')
    return [unsupported('spec.sessionAffinity', affinity, ['ClientIP', 'None'])];
  if (typeof seconds !== 'number' || (seconds > 0 && seconds <= LONGEST)) return [];
  const why = `must be greater than 0 and less than ${LONGEST}`;
  return [invalidValue('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, why)];
}

/** What is wrong with the smaller parts of a Service. */
export const serviceDetails: Rule = object => {
  const spec = specOf(object);
  const ports = each(spec, 'ports');
  const isReached = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  const isInside = spec.type === 'ClusterIP';
  return [
    ...affinityCauses(spec.sessionAffinity, part(spec, 'sessionAffinityConfig', 'clientIP')?.timeoutSeconds),
    ...ports.flatMap(({ protocol, targetPort, nodePort }, i) => [
      ...(protocol === undefined || PROTOCOLS.includes(String(protocol))
        ? []
        : [unsupported(`spec.ports[${i}].protocol`, protocol, PROTOCOLS)]),
      ...portNameCauses(targetPort, `spec.ports[${i}].targetPort`),
      ...(isInside && nodePort
        ? [forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
        : []),
    ]),
    ...duplicates(
      ports.filter(port => port.name),
      'name',
      'spec.ports',
    ),
    ...Object.keys(part(spec, 'selector') ?? {}).flatMap(key => {
      const bad = labelKey(key);
      return bad ? [invalidValue('spec.selector', key, bad)] : [];
    }),
    ...(Array.isArray(spec.externalIPs) ? spec.externalIPs : []).flatMap((address, i) =>
      addressCauses(address, `spec.externalIPs[${i}]`),
    ),
    ...(spec.externalTrafficPolicy && !isReached
      ? [
          invalidValue(
            'spec.externalTrafficPolicy',
            spec.externalTrafficPolicy,
            'may only be set for externally-accessible services',
          ),
        ]
      : []),
  ];
};
