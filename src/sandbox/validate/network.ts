import { isIP } from 'node:net';
import { each, type Fields, part } from '../defaults/fill.ts';
import { quantityValue } from '../quantity.ts';
import type { StatusCause } from '../status.ts';
import { invalidValue, required, unsupported } from './field.ts';
import { subdomain } from './names.ts';
import { type Rule, specOf } from './rule.ts';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];

function backendCauses(backend: Fields | undefined, field: string): StatusCause[] {
  const service = part(backend, 'service');
  if (!service) return part(backend, 'resource') ? [] : [required(field, 'backend is required')];
  const port = part(service, 'port') ?? {};
  return [
    ...(service.name ? [] : [required(`${field}.service.name`)]),
    ...(port.name || port.number ? [] : [required(field, 'port name or number is required')]),
  ];
}

function pathCauses({ path, pathType, backend }: Fields, field: string): StatusCause[] {
  const isKnown = PATH_TYPES.includes(String(pathType));
  const mustBeAbsolute = isKnown && pathType !== 'ImplementationSpecific';
  return [
    ...(pathType ? [] : [required(`${field}.pathType`, 'pathType must be specified')]),
    ...(pathType && !isKnown ? [unsupported(`${field}.pathType`, pathType, PATH_TYPES)] : []),
    ...(mustBeAbsolute && !String(path ?? '').startsWith('/')
      ? [invalidValue(`${field}.path`, path ?? '', 'must be an absolute path')]
      : []),
    ...backendCauses(backend as Fields | undefined, `${field}.backend`),
  ];
}

function hostCauses(host: unknown, field: string): StatusCause[] {
  if (!host) return [];
  if (isIP(String(host))) return [invalidValue(field, host, 'must be a DNS name, not an IP address')];
  const bad = subdomain(String(host).replace(/^\*\./, ''));
  return bad ? [invalidValue(field, host, bad)] : [];
}

/** What is wrong with an Ingress. */
export const ingress: Rule = object => {
  const spec = specOf(object);
  const rules = each(spec, 'rules');
  if (rules.length === 0 && !spec.defaultBackend)
    return [invalidValue('spec', null, 'either `defaultBackend` or `rules` must be specified')];
  return [
    ...(spec.defaultBackend ? backendCauses(part(spec, 'defaultBackend'), 'spec.defaultBackend') : []),
    ...rules.flatMap((rule, i) => [
      ...hostCauses(rule.host, `spec.rules[${i}].host`),
      ...each(part(rule, 'http'), 'paths').flatMap((path, j) => pathCauses(path, `spec.rules[${i}].http.paths[${j}]`)),
    ]),
  ];
};

const amount = (list: Fields | undefined, name: string): number | undefined => quantityValue(list?.[name]);

/** The causes for one resource of a LimitRange item: minimum, maximum and defaults. */
function limitCauses(limit: Fields, name: string, field: string): StatusCause[] {
  const [min, max] = [part(limit, 'min'), part(limit, 'max')];
  const usual = part(limit, 'default') ?? max;
  const defaultRequest = part(limit, 'defaultRequest') ?? usual ?? min;
  const below = (a: Fields | undefined, b: Fields | undefined) => {
    const [x, y] = [amount(a, name), amount(b, name)];
    return x !== undefined && y !== undefined && x < y;
  };
  const wrong = (member: string, list: Fields | undefined, why: string) =>
    invalidValue(`${field}.${member}[${name}]`, String(list?.[name]), why);
  const least = `min value ${min?.[name]} is greater than`;
  const most = `is greater than max value ${max?.[name]}`;
  return [
    ...(below(max, min) ? [wrong('min', min, `${least} max value ${max?.[name]}`)] : []),
    ...(below(defaultRequest, min)
      ? [wrong('defaultRequest', defaultRequest, `${least} default request value ${defaultRequest?.[name]}`)]
      : []),
    ...(below(usual, min) ? [wrong('default', min, `${least} default value ${usual?.[name]}`)] : []),
    ...(below(max, usual) ? [wrong('default', usual, `default value ${usual?.[name]} ${most}`)] : []),
  ];
}

/** What is wrong with a LimitRange. */
export const limitRange: Rule = object =>
  each(specOf(object), 'limits').flatMap((limit, i) => {
    const names = new Set(['min', 'max', 'default', 'defaultRequest'].flatMap(n => Object.keys(part(limit, n) ?? {})));
    return [...names].flatMap(name => limitCauses(limit, name, `spec.limits[${i}]`));
  });

/** What is wrong with a HorizontalPodAutoscaler. */
export const autoscaler: Rule = object => {
  const { minReplicas, maxReplicas } = specOf(object);
  const [least, most] = [Number(minReplicas ?? 1), Number(maxReplicas ?? 0)];
  if (most < 1) return [invalidValue('spec.maxReplicas', most, 'must be greater than 0')];
  if (least > most) return [invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')];
  return [];
};

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** What is wrong with a Node. */
export const node: Rule = object =>
  each(specOf(object), 'taints').flatMap(({ key, effect }, i) => {
    const field = `metadata.taints[${i}]`;
    const odd = EFFECTS.includes(String(effect)) ? [] : [unsupported(`${field}.effect`, effect, EFFECTS)];
    // The server checks this in two places and reports both.
    return [...(key ? [] : [required(`${field}.key`)]), ...odd, ...odd];
  });

/** What is wrong with an Event, in the form of either API. */
export const event: Rule = object => {
  const about = String(part(object, 'involvedObject')?.namespace ?? '');
  const own = object.metadata.namespace ?? '';
  // Events about cluster-scoped objects are in one of these namespaces.
  const fits = about === '' ? ['default', 'kube-system'].includes(own) : about === own;
  return fits ? [] : [invalidValue('involvedObject.namespace', about, 'does not match event.namespace')];
};
