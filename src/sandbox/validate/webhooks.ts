import { each, type Fields, part } from '../defaults/fill.ts';
import type { StatusCause } from '../status.ts';
import { conditionCauses } from './crd/expressions.ts';
import { duplicates, invalidValue, required, unsupported } from './field.ts';
import type { Rule } from './rule.ts';
import { expressionCauses } from './selector.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const REINVOCATION = ['IfNeeded', 'Never'];

/** Parts of a webhook rule in which `*` must be the only entry. */
const WITHOUT_OTHERS = [
  ['operations', 'operations'],
  ['apiGroups', 'API groups'],
  ['apiVersions', 'API versions'],
  ['resources', 'resources without subresources'],
] as const;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function ruleCauses(rule: Fields, field: string): StatusCause[] {
  const parts = WITHOUT_OTHERS.flatMap(([name, others]) => {
    const values = listOf(rule[name]);
    const at = `${field}.${name}`;
    if (values.length === 0) return [required(at)];
    const mixed = values.length > 1 && values.includes('*');
    return mixed ? [invalidValue(at, values, `if '*' is present, must not specify other ${others}`)] : [];
  });
  const operations = listOf(rule.operations).flatMap((operation, k) =>
    OPERATIONS.includes(String(operation)) ? [] : [unsupported(`${field}.operations[${k}]`, operation, OPERATIONS)],
  );
  return [...parts, ...operations];
}

function sideEffectCauses(sideEffects: unknown, field: string): StatusCause[] {
  if (['None', 'NoneOnDryRun'].includes(String(sideEffects))) return [];
  return [
    sideEffects
      ? unsupported(field, sideEffects, ['None', 'NoneOnDryRun'])
      : required(field, 'must specify one of None, NoneOnDryRun'),
  ];
}

function policyCauses({ failurePolicy, reinvocationPolicy }: Fields, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (!['Fail', 'Ignore'].includes(String(failurePolicy)))
    causes.push(unsupported(`${field}.failurePolicy`, failurePolicy, ['Fail', 'Ignore']));
  if (reinvocationPolicy !== undefined && !REINVOCATION.includes(String(reinvocationPolicy)))
    causes.push(unsupported(`${field}.reinvocationPolicy`, reinvocationPolicy, REINVOCATION));
  return causes;
}

function timeoutCauses(timeoutSeconds: unknown, field: string): StatusCause[] {
  const seconds = Number(timeoutSeconds);
  if (seconds >= 1 && seconds <= 30) return [];
  return [invalidValue(field, seconds, 'the timeout value must be between 1 and 30 seconds')];
}

function clientCauses(hook: Fields, field: string): StatusCause[] {
  const service = part(hook, 'clientConfig', 'service');
  const url = part(hook, 'clientConfig')?.url;
  if ((service === undefined) === (url === undefined))
    return [required(field, 'exactly one of url or service is required')];
  return typeof url === 'string' ? urlCauses(url, `${field}.url`) : serviceCauses(service ?? {}, `${field}.service`);
}

function urlCauses(url: string, field: string): StatusCause[] {
  const [, scheme = '', , query, fragment] = /^([^:]*):([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(url) ?? [];
  const format = "'https' is the only allowed URL scheme; desired format: https://host[/path]";
  return [
    ...(scheme === 'https' ? [] : [invalidValue(field, scheme, format)]),
    ...(fragment ? [invalidValue(field, fragment, 'fragments are not permitted in the URL')] : []),
    ...(query ? [invalidValue(field, query, 'query parameters are not permitted in the URL')] : []),
  ];
}

function serviceCauses({ path, port }: Fields, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (typeof path === 'string' && path !== '') {
    const bad = (why: string) => causes.push(invalidValue(`${field}.path`, path, why));
    if (!path.startsWith('/')) bad("must start with a '/'");
    const segments = path.slice(1).replace(/\/$/, '').split('/');
    if (path !== '/')
      segments.forEach((segment, i) => {
        if (segment === '') bad(`segment[${i}] may not be empty`);
      });
  }
  const isPort = port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
  if (!isPort)
    causes.push(invalidValue(`${field}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  return causes;
}

function nameCauses(name: unknown, field: string): StatusCause[] {
  if (String(name ?? '').split('.').length >= 3) return [];
  return [invalidValue(field, name ?? '', 'should be a domain with at least three segments separated by dots')];
}

/** What is wrong with a webhook configuration, validating or mutating. */
export const webhookConfig: Rule = object => [
  ...duplicates(each(object, 'webhooks'), 'name', 'webhooks'),
  ...each(object, 'webhooks').flatMap((hook, i) => {
    const field = `webhooks[${i}]`;
    const versions = listOf(hook.admissionReviewVersions);
    return [
      ...nameCauses(hook.name, `${field}.name`),
      ...each(hook, 'rules').flatMap((rule, j) => ruleCauses(rule, `${field}.rules[${j}]`)),
      ...sideEffectCauses(hook.sideEffects, `${field}.sideEffects`),
      ...policyCauses(hook, field),
      ...timeoutCauses(hook.timeoutSeconds, `${field}.timeoutSeconds`),
      ...clientCauses(hook, `${field}.clientConfig`),
      ...(versions.length > 0 ? [] : [required(`${field}.admissionReviewVersions`, 'must specify one of v1, v1beta1')]),
      ...conditionCauses(hook, field),
      ...expressionCauses(part(hook, 'namespaceSelector'), `${field}.namespaceSelector`),
      ...expressionCauses(part(hook, 'objectSelector'), `${field}.objectSelector`),
    ];
  }),
];
