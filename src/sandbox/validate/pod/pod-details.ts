import { isIP } from 'node:net';
import { each, type Fields, part } from '../../defaults/fill.ts';
import { isRecord } from '../../object.ts';
import type { StatusCause } from '../../status.ts';
import { forbiddenField, invalidValue, required, unlessOneOf } from '../field.ts';

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
const FIELD_PATHS =
  /^(metadata\.(name|namespace|uid|(labels|annotations)(\[.*\])?)|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;

/** A name of a port: of letters, digits and hyphens, one letter at least. */
export function portNameCauses(name: unknown, field: string): StatusCause[] {
  if (typeof name !== 'string' || name === '' || /^[a-z0-9-]+$/.test(name)) return [];
  return [invalidValue(field, name, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')];
}

function sourceCauses(from: Fields, field: string): StatusCause[] {
  if (!SOURCES.some(name => from[name] !== undefined))
    return [
      invalidValue(
        field,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    ];
  const path = part(from, 'fieldRef')?.fieldPath;
  const isOdd = typeof path === 'string' && !FIELD_PATHS.test(path);
  const why = `error converting fieldPath: field label not supported: ${path}`;
  return [
    ...(isOdd ? [invalidValue(`${field}.fieldRef.fieldPath`, path, why)] : []),
    ...['configMapKeyRef', 'secretKeyRef']
      .filter(name => isRecord(from[name]) && !part(from, name)?.key)
      .map(name => required(`${field}.${name}.key`)),
  ];
}

function environmentCauses(container: Fields, field: string): StatusCause[] {
  const named = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return [
    ...each(container, 'env').flatMap(({ name, valueFrom }, i) => [
      ...(name && !/^[ -<>-~]+$/.test(String(name)) ? [invalidValue(`${field}.env[${i}].name`, name, named)] : []),
      ...(isRecord(valueFrom) ? sourceCauses(valueFrom, `${field}.env[${i}].valueFrom`) : []),
    ]),
    ...each(container, 'envFrom').flatMap(from =>
      from.configMapRef || from.secretRef
        ? []
        : [invalidValue(`${field}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`')],
    ),
  ];
}

function probeDetailCauses(container: Fields, name: string, field: string): StatusCause[] {
  const probe = part(container, name);
  if (!probe) return [];
  const at = `${field}.${name}`;
  const isReadiness = name === 'readinessProbe';
  const { successThreshold: successes, terminationGracePeriodSeconds: grace } = probe;
  const target = part(probe, 'httpGet') ? 'httpGet' : 'tcpSocket';
  return [
    ...(!isReadiness && typeof successes === 'number' && successes > 1
      ? [invalidValue(`${at}.successThreshold`, successes, 'must be 1')]
      : []),
    ...(isReadiness && grace !== undefined
      ? [invalidValue(`${at}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')]
      : []),
    ...unlessOneOf(`${at}.httpGet.scheme`, part(probe, 'httpGet')?.scheme, ['HTTP', 'HTTPS']),
    ...portNameCauses(part(probe, target)?.port, `${at}.${target}.port`),
  ];
}

const STANDARD = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

function resourceNameCauses(container: Fields, field: string): StatusCause[] {
  return ['limits', 'requests'].flatMap(list =>
    Object.keys(part(container, 'resources', list) ?? {})
      .filter(name => !name.includes('/') && !STANDARD.test(name))
      .flatMap(name =>
        ['must be a standard resource type or fully qualified', 'must be a standard resource for containers'].map(why =>
          invalidValue(`${field}.resources.${list}[${name}]`, name, why),
        ),
      ),
  );
}

const HANDLERS = ['exec', 'httpGet', 'sleep', 'tcpSocket'];
const HIGHEST_ID = 2_147_483_647;

/** What is wrong with the smaller parts of a container. */
export function containerDetailCauses(container: Fields, field: string): StatusCause[] {
  const user = part(container, 'securityContext')?.runAsUser;
  const isUser = typeof user !== 'number' || (user >= 0 && user <= HIGHEST_ID);
  return [
    ...environmentCauses(container, field),
    ...each(container, 'ports').flatMap(({ name, protocol }, i) => [
      ...(String(name ?? '').length > 15 ? [] : portNameCauses(name, `${field}.ports[${i}].name`)),
      ...unlessOneOf(`${field}.ports[${i}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ]),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap(name => probeDetailCauses(container, name, field)),
    ...resourceNameCauses(container, field),
    ...unlessOneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, [
      'File',
      'FallbackToLogsOnError',
    ]),
    ...['postStart', 'preStop'].flatMap(hook =>
      HANDLERS.filter(name => part(container, 'lifecycle', hook)?.[name] !== undefined)
        .slice(1)
        .map(name => forbiddenField(`${field}.lifecycle.${hook}.${name}`, 'may not specify more than 1 handler type')),
    ),
    ...(isUser
      ? []
      : [invalidValue(`${field}.securityContext.runAsUser`, user, `must be between 0 and ${HIGHEST_ID}, inclusive`)]),
  ];
}

function tolerationDetailCauses({ key, operator, effect, tolerationSeconds }: Fields, field: string): StatusCause[] {
  const timed = tolerationSeconds !== undefined && effect !== 'NoExecute';
  const every = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
  return [
    ...(operator === 'Equal' && !key ? [invalidValue(`${field}.operator`, operator, every)] : []),
    ...unlessOneOf(`${field}.operator`, operator || undefined, ['Equal', 'Exists']),
    ...(timed
      ? [invalidValue(`${field}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")]
      : []),
  ];
}

function spreadCauses({ maxSkew, topologyKey, whenUnsatisfiable }: Fields, field: string): StatusCause[] {
  return [
    ...(Number(maxSkew ?? 0) > 0 ? [] : [invalidValue(`${field}.maxSkew`, maxSkew ?? 0, 'must be greater than zero')]),
    ...(topologyKey ? [] : [required(`${field}.topologyKey`, 'can not be empty')]),
    ...unlessOneOf(`${field}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
  ];
}

const NODE_OPERATORS = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']);
const REQUIRED_NODES = 'requiredDuringSchedulingIgnoredDuringExecution';

const affinityCauses = (spec: Fields, field: string): StatusCause[] =>
  each(part(spec, 'affinity', 'nodeAffinity', REQUIRED_NODES), 'nodeSelectorTerms').flatMap((term, i) =>
    each(term, 'matchExpressions').flatMap(({ operator }, j) =>
      NODE_OPERATORS.has(String(operator))
        ? []
        : [
            invalidValue(
              `${field}.affinity.nodeAffinity.${REQUIRED_NODES}.nodeSelectorTerms[${i}].matchExpressions[${j}].operator`,
              operator,
              'not a valid selector operator',
            ),
          ],
    ),
  );

const IP_ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** What is wrong with a list of addresses. */
export const addressCauses = (address: unknown, field: string): StatusCause[] =>
  isIP(String(address)) ? [] : [invalidValue(field, address, IP_ADDRESS)];

/** What is wrong with the smaller parts of a pod spec. */
export function podDetailCauses(spec: Fields, field: string): StatusCause[] {
  const names = new Set(each(spec, 'containers').map(container => container.name));
  const nameless = spec.dnsPolicy === 'None' && each(part(spec, 'dnsConfig'), 'nameservers').length === 0;
  const servers = part(spec, 'dnsConfig')?.nameservers;
  const hasDns = Array.isArray(servers) && servers.length > 0;
  return [
    ...each(spec, 'initContainers').flatMap(({ name }, i) =>
      name && names.has(name)
        ? [
            {
              reason: 'FieldValueDuplicate',
              message: `Duplicate value: ${JSON.stringify(name)}`,
              field: `${field}.initContainers[${i}].name`,
            },
          ]
        : [],
    ),
    ...each(spec, 'tolerations').flatMap((t, i) => tolerationDetailCauses(t, `${field}.tolerations[${i}]`)),
    ...each(spec, 'topologySpreadConstraints').flatMap((c, i) =>
      spreadCauses(c, `${field}.topologySpreadConstraints[${i}]`),
    ),
    ...affinityCauses(spec, field),
    ...(nameless && !hasDns && part(spec, 'dnsConfig') === undefined
      ? [required(`${field}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None')]
      : []),
    ...each(spec, 'hostAliases').flatMap(({ ip }, i) => addressCauses(ip, `${field}.hostAliases[${i}].ip`)),
  ];
}

/** What is wrong inside the source of a volume. */
export function sourceDetailCauses(volume: Fields, field: string): StatusCause[] {
  const claim = part(volume, 'persistentVolumeClaim');
  const secret = part(volume, 'secret');
  return [
    ...(claim && !claim.claimName ? [required(`${field}.persistentVolumeClaim.claimName`)] : []),
    ...(secret && !secret.secretName ? [required(`${field}.secret.secretName`)] : []),
  ];
}
