import { each, part } from '../defaults/fill.ts';
import { sameJson } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { forbiddenField, invalidValue, required, unsupported } from './field.ts';
import { configKey, label } from './names.ts';
import { portCause } from './pod.ts';
import { IMMUTABLE, type Rule, specOf, type UpdateRule } from './rule.ts';

const SERVICE_TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

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
  if (!SERVICE_TYPES.includes(String(spec.type))) causes.push(unsupported('spec.type', spec.type, SERVICE_TYPES));
  if (spec.type === 'ExternalName' && !spec.externalName) causes.push(required('spec.externalName'));
  return causes;
};

const serviceUpdate: UpdateRule = (before, after) => {
  const [old, now] = [specOf(before), specOf(after)];
  if (old.type === 'ExternalName' || now.type === 'ExternalName' || old.clusterIP === now.clusterIP) return [];
  return [invalidValue('spec.clusterIPs[0]', [now.clusterIP], 'may not change once set')];
};

const configMap: Rule = object => {
  const keys = (member: string) =>
    Object.keys(part(object, member) ?? {}).flatMap(key => {
      const bad = configKey(key);
      return bad ? [invalidValue(`${member}[${key}]`, key, bad)] : [];
    });
  return [...keys('data'), ...keys('binaryData')];
};

/** A ConfigMap or Secret that says it is immutable stays as it is. */
const sealed: UpdateRule = (before, after) => {
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
  ...sealed(before, after),
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
  secrets: configMap,
};

export const DATA_UPDATE_RULES: Readonly<Record<string, UpdateRule>> = {
  services: serviceUpdate,
  configmaps: sealed,
  secrets: secretUpdate,
  persistentvolumeclaims: claimUpdate,
};
