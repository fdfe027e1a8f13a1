import { isIP } from 'node:net';
import { each, type Fields, part } from '../defaults/fill.ts';
import { readJson } from '../http/json.ts';
import { type KubeObject, sameJson } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { duplicate, forbiddenField, invalidValue, portCause, required, tooLong, unsupported } from './field.ts';
import { configKey, label } from './names.ts';
import { IMMUTABLE, type Rule, specOf, type UpdateRule } from './rule.ts';
import { serviceDetails } from './service-details.ts';

const SERVICE_TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

/** Duplicate ports, as the server's refusals print them. */
function portsTwice(ports: readonly Fields[]): StatusCause[] {
  const seen = new Set<string>();
  return ports.flatMap(({ port, protocol = 'TCP' }, i) => {
    const key = `${port}/${protocol}`;
    if (seen.size !== seen.add(key).size) return [];
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    return [duplicate(`spec.ports[${i}]`, shown)];
  });
}

const service: Rule = object => {
  const spec = specOf(object);
  const ports = each(spec, 'ports');
  const causes: StatusCause[] = [];
  if (ports.length === 0 && spec.type !== 'ExternalName' && spec.clusterIP !== 'None')
    causes.push(required('spec.ports'));
  ports.forEach((port, i) => {
    const field = `spec.ports[${i}]`;
    if (ports.length > 1 && !port.name) causes.push(required(`${field}.name`));
    if (port.name) {
      const bad = label(String(port.name));
      if (bad) causes.push(invalidValue(`${field}.name`, port.name, bad));
    }
    causes.push(...portCause(`${field}.port`, port.port ?? 0));
    if (typeof port.targetPort === 'number') causes.push(...portCause(`${field}.targetPort`, port.targetPort));
  });
  causes.push(...portsTwice(ports));
  const address = spec.clusterIP;
  if (typeof address === 'string' && address !== '' && address !== 'None' && !isIP(address))
    causes.push(
      invalidValue('spec.clusterIPs[0]', address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
    );
  if (!SERVICE_TYPES.includes(String(spec.type))) causes.push(unsupported('spec.type', spec.type, SERVICE_TYPES));
  if (spec.type === 'ExternalName' && !spec.externalName) causes.push(required('spec.externalName'));
  return [...causes, ...serviceDetails(object)];
};

const serviceUpdate: UpdateRule = (before, after) => {
  const [old, now] = [specOf(before), specOf(after)];
  if (old.type === 'ExternalName' || now.type === 'ExternalName' || old.clusterIP === now.clusterIP) return [];
  return [invalidValue('spec.clusterIPs[0]', [now.clusterIP], 'may not change once set')];
};

const DATA_LIMIT = 1024 * 1024;

/** The size of all values of a member in bytes. Values of Secrets and binary ones are base64. */
const bytesIn = (object: KubeObject, member: string, encoding: BufferEncoding): number =>
  Object.values(part(object, member) ?? {}).reduce<number>(
    (sum, value) => sum + Buffer.byteLength(String(value), encoding),
    0,
  );

const configMapSize = (object: KubeObject): StatusCause[] =>
  bytesIn(object, 'data', 'utf8') + bytesIn(object, 'binaryData', 'base64') > DATA_LIMIT
    ? [tooLong('[]', DATA_LIMIT)]
    : [];

const dataKeys: Rule = object => {
  const keys = (member: string) =>
    Object.keys(part(object, member) ?? {}).flatMap(key => {
      const bad = configKey(key);
      return bad ? [invalidValue(`${member}[${key}]`, key, bad)] : [];
    });
  const both = Object.keys(part(object, 'data') ?? {}).filter(key => key in (part(object, 'binaryData') ?? {}));
  const twice = both.map(key => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  return [...twice, ...keys('data'), ...keys('binaryData')];
};

const configMap: Rule = object => [...dataKeys(object), ...configMapSize(object)];

/** What a Secret of a type must hold. */
const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};
const ACCOUNT = 'kubernetes.io/service-account.name';

/** A Docker configuration must be JSON; the cause quotes nothing of it. */
function dockerCauses(object: KubeObject): StatusCause[] {
  const key = { 'kubernetes.io/dockerconfigjson': '.dockerconfigjson', 'kubernetes.io/dockercfg': '.dockercfg' }[
    String(object.type)
  ];
  const held = key && part(object, 'data')?.[key];
  if (typeof held !== 'string') return [];
  try {
    readJson(Buffer.from(held, 'base64').toString('utf8'));
    return [];
  } catch (error) {
    return [invalidValue(`data[${key}]`, '<secret contents redacted>', (error as Error).message)];
  }
}

const secret: Rule = object => {
  const data = part(object, 'data') ?? {};
  const absent = (SECRET_KEYS[String(object.type)] ?? []).filter(key => !(key in data));
  const nameless = object.type === 'kubernetes.io/service-account-token' && !object.metadata.annotations?.[ACCOUNT];
  return [
    ...(nameless ? [required(`metadata.annotations[${ACCOUNT}]`)] : []),
    ...dataKeys(object),
    ...(bytesIn(object, 'data', 'base64') > DATA_LIMIT ? [tooLong('data', DATA_LIMIT)] : []),
    ...absent.map(key => required(`data[${key}]`)),
    ...dockerCauses(object),
  ];
};

const claim: Rule = object => {
  const spec = specOf(object);
  const modes = Array.isArray(spec.accessModes) ? spec.accessModes : [];
  return [
    ...(modes.length > 0 ? [] : [required('spec.accessModes', 'at least 1 access mode is required')]),
    ...(part(spec, 'resources', 'requests')?.storage === undefined ? [required('spec.resources[storage]')] : []),
  ];
};

/** An immutable ConfigMap or Secret cannot be changed. */
const immutableData: UpdateRule = (before, after) => {
  const sealedNow = before.immutable === true;
  if (!sealedNow) return [];
  const causes: StatusCause[] = [];
  if (after.immutable !== true) causes.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
  for (const member of ['data', 'binaryData'])
    if (!sameJson(before[member], after[member]))
      causes.push(forbiddenField(member, 'field is immutable when `immutable` is set'));
  return causes;
};

const secretUpdate: UpdateRule = (before, after) => [
  ...(before.type === after.type ? [] : [invalidValue('type', after.type, IMMUTABLE)]),
  ...immutableData(before, after),
];

const claimUpdate: UpdateRule = (before, after) =>
  ['accessModes', 'storageClassName', 'volumeMode'].every(n => sameJson(specOf(before)[n], specOf(after)[n]))
    ? []
    : [
        forbiddenField(
          'spec',
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
        ),
      ];

/** Rules for Services and for what holds data. */
export const DATA_RULES: Readonly<Record<string, Rule>> = {
  services: service,
  configmaps: configMap,
  secrets: secret,
  persistentvolumeclaims: claim,
};

export const DATA_UPDATE_RULES: Readonly<Record<string, UpdateRule>> = {
  services: serviceUpdate,
  configmaps: immutableData,
  secrets: secretUpdate,
  persistentvolumeclaims: claimUpdate,
};
