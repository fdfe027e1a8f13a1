import { each, type Fields, part } from '../../defaults/fill.ts';
import { isRecord } from '../../object.ts';
import type { StatusCause } from '../../status.ts';
import { duplicates, forbiddenField, invalidValue, portCause, required } from '../field.ts';
import { NOT_NEGATIVE } from '../rule.ts';

const PORT_NAME = 15;
const HANDLERS = ['exec', 'grpc', 'httpGet', 'tcpSocket'];
const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

function probeCauses(probe: unknown, field: string): StatusCause[] {
  if (!isRecord(probe)) return [];
  const handlers = HANDLERS.filter(name => probe[name] !== undefined);
  if (handlers.length === 0) return [required(field, 'must specify a handler type')];
  const [handler = '', ...more] = handlers;
  const port = part(probe, handler)?.port;
  return [
    ...more.map(name => forbiddenField(`${field}.${name}`, 'may not specify more than 1 handler type')),
    ...(typeof port === 'number' ? portCause(`${field}.${handler}.port`, port) : []),
    ...COUNTS.flatMap(name => {
      const count = probe[name];
      return typeof count === 'number' && count < 0 ? [invalidValue(`${field}.${name}`, count, NOT_NEGATIVE)] : [];
    }),
  ];
}

function variableCauses(variable: Fields, field: string): StatusCause[] {
  return [
    ...(variable.name ? [] : [required(`${field}.name`)]),
    ...(variable.value && variable.valueFrom
      ? [invalidValue(`${field}.valueFrom`, '', 'may not be specified when `value` is not empty')]
      : []),
  ];
}

/** Volume mounts whose path is already used. */
function mountCauses(mounts: readonly Fields[], field: string): StatusCause[] {
  const seen = new Set<unknown>();
  return mounts.flatMap(({ mountPath }, i) =>
    seen.size === seen.add(mountPath).size
      ? [invalidValue(`${field}[${i}].mountPath`, mountPath, 'must be unique')]
      : [],
  );
}

/** What is wrong with a container's ports, variables, mounts and probes. */
export function containerPartsCauses(container: Fields, field: string): StatusCause[] {
  const named = each(container, 'ports').filter(port => port.name);
  return [
    ...each(container, 'ports').flatMap(({ name }, i) =>
      String(name ?? '').length > PORT_NAME
        ? [invalidValue(`${field}.ports[${i}].name`, name, `must be no more than ${PORT_NAME} characters`)]
        : [],
    ),
    ...duplicates(named, 'name', `${field}.ports`),
    ...each(container, 'env').flatMap((variable, i) => variableCauses(variable, `${field}.env[${i}]`)),
    ...mountCauses(each(container, 'volumeMounts'), `${field}.volumeMounts`),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap(name =>
      probeCauses(container[name], `${field}.${name}`),
    ),
  ];
}
