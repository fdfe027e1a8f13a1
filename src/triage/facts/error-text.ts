import { hitsIn, oneLine } from './policy-hits.ts';
import type { Refusal } from './refusal.ts';
import { serviceIn, unreachableIn } from './unreachable.ts';

type RefusalReader = (text: string) => Refusal | undefined;

/**
 * Parses a refusal from a message of an API server (in an event, a condition, an Argo CD operation). Unavailability
 * is checked before denial: another webhook's denial sometimes reports that a webhook cannot be called. Undefined for
 * unknown messages.
 */
export function refusalIn(message: string): Refusal | undefined {
  for (const read of READERS) {
    const refusal = read(message);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const conversion: RefusalReader = text => {
  const match = /conversion webhook for ([^/\s,]*)\/?([^,\s]*), Kind=(\w+) failed: ([\s\S]*)/.exec(text);
  if (match === null) return undefined;
  const [, group = '', version = '', kind = '', detail = ''] = match;
  const service = serviceIn(detail);
  return {
    is: 'conversion failed',
    group,
    version,
    kind,
    how: unreachableIn(detail) ?? 'bad answer',
    detail,
    ...(service && { service }),
  };
};

const unavailable: RefusalReader = text => {
  const match = /failed calling webhook "([^"]+)":\s*([\s\S]*)/.exec(text);
  const [webhook, detail] =
    match === null
      ? [/admission webhook\s+"([^"]+)"\s+denied/.exec(text)?.[1], unavailableInDenial(text)]
      : [match[1], match[2]];
  if (webhook === undefined || detail === undefined) return undefined;
  const service = serviceIn(detail);
  return {
    is: 'webhook unavailable',
    webhook,
    how: unreachableIn(detail) ?? 'bad answer',
    detail,
    ...(service && { service }),
  };
};

/** The part of a denial that reports that something could not be called; undefined when it reports something else. */
function unavailableInDenial(text: string): string | undefined {
  const detail = /denied the request:\s*([\s\S]*)/.exec(text)?.[1];
  return detail !== undefined && /no endpoints available for service|\bservice "[^"]+" not found/.test(detail)
    ? detail
    : undefined;
}

const denied: RefusalReader = text => {
  const match = /admission webhook\s+"([^"]+)"\s+denied the request(?: without explanation)?:?\s*([\s\S]*)/.exec(text);
  if (match === null) return undefined;
  const [, webhook = '', message = ''] = match;
  return { is: 'webhook denied', webhook, message: oneLine(message), hits: hitsIn(message) };
};

const policy: RefusalReader = text => {
  // The message of a mutating policy says only `policy`.
  const match = /\b(Validating\w+|policy) '([^']+)' with binding '([^']+)' denied request:\s*([\s\S]*)/.exec(text);
  if (match === null) return undefined;
  const [, kind = '', name = '', binding = '', message = ''] = match;
  const failed = /resulted in error:\s*([\s\S]*)/.exec(message)?.[1];
  return {
    is: 'policy denied',
    validating: kind !== 'policy',
    policy: name,
    binding,
    message: oneLine(message),
    paramsMissing: /no params found/.test(message),
    ...(failed !== undefined && { failed: oneLine(failed) }),
  };
};

const matchCondition: RefusalReader = text => {
  const match = /expression '([\s\S]+?)' resulted in error: ([^\n\]]*)/.exec(text);
  return match === null
    ? undefined
    : { is: 'condition failed', expression: match[1] ?? '', error: oneLine(match[2] ?? '') };
};

const quota: RefusalReader = text => {
  const match = /exceeded quota: ([^,\s]+), requested: (.*?), used: (.*?), limited: ([^\s"']*)/.exec(text);
  if (match !== null) {
    const [, name = '', requested = '', used = '', limited = ''] = match;
    const [usedOf, limitedOf] = [amounts(used), amounts(limited)];
    const lines = Object.entries(amounts(requested)).map(([resource, amount]) => ({
      resource,
      requested: amount,
      used: usedOf[resource] ?? '',
      limited: limitedOf[resource] ?? '',
    }));
    return { is: 'quota exceeded', quota: name, lines };
  }
  const missing = /failed quota: ([^:\s]+): must specify ([^\n]*)/.exec(text);
  if (missing !== null) return { is: 'quota needs values', quota: missing[1] ?? '', missing: missing[2] ?? '' };
  const unknown = /status unknown for quota: ([^,\s]+)/.exec(text)?.[1];
  return unknown === undefined ? undefined : { is: 'quota exceeded', quota: unknown, lines: [] };
};

/** `pods=1,requests.cpu=500m` → each amount by its resource. */
const amounts = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(',').flatMap(part => {
      const [resource, amount] = part.trim().split('=');
      return resource && amount ? [[resource, amount.replace(/[)\].]+$/, '')]] : [];
    }),
  );

const limits: RefusalReader = text => {
  const match =
    /(?:minimum|maximum) \S+ (?:usage|storage usage) per \w+ is [^\n]*|\S+ max limit to request ratio per \w+ is [^\n]*|must be less than or equal to \S+ limit[^\n]*/.exec(
      text,
    );
  return match === null ? undefined : { is: 'limit range', message: oneLine(match[0]).replace(/\](\s|$).*$/, '') };
};

const security: RefusalReader = text => {
  const match = /violates PodSecurity "([^"]+)":\s*([\s\S]*)/.exec(text);
  return match === null ? undefined : { is: 'pod security', level: match[1] ?? '', message: oneLine(match[2] ?? '') };
};

const account: RefusalReader = text => {
  const match = /error looking up service account ([^/\s]+)\/([^:\s]+): /.exec(text);
  return match === null
    ? undefined
    : { is: 'service account missing', namespace: match[1] ?? '', name: match[2] ?? '' };
};

const terminating: RefusalReader = text => {
  const match = /unable to create new content in namespace (\S+) because it is being terminated/.exec(text);
  return match === null ? undefined : { is: 'namespace terminating', namespace: match[1] ?? '' };
};

/** The ways in which the API server says that a field cannot be changed once the object exists. */
const IMMUTABLE =
  /field is immutable|may not change once set|is immutable after creation|updates to \w+ spec for fields other than|pod updates may not change fields other than|cannot change roleRef|updates to \w+ are forbidden|field can not be (?:modified|changed|decreased)|attempt to change an immutable field/i;

const immutable: RefusalReader = text => {
  if (!IMMUTABLE.test(text)) return undefined;
  const object = invalidObject(text);
  const after = object?.message ?? text;
  const field =
    /^\[?([A-Za-z][\w.[\]-]*): (?:Forbidden|Invalid value)/.exec(after)?.[1] ??
    /cannot change (roleRef)/.exec(text)?.[1] ??
    '';
  return {
    is: 'immutable field',
    ...(object && { kind: object.kind, name: object.name }),
    field,
    message: oneLine(after),
  };
};

/** `Deployment.apps "web" is invalid: …` */
function invalidObject(text: string): { kind: string; name: string; message: string } | undefined {
  const match = /\b([A-Z]\w+)(?:\.[\w.-]+)? "([^"]+)" is invalid: ([\s\S]*)/.exec(text);
  return match === null ? undefined : { kind: match[1] ?? '', name: match[2] ?? '', message: match[3] ?? '' };
}

const noKind: RefusalReader = text => {
  const match = /no matches for kind "(\w+)" in (?:version|group) "([^"]+)"/.exec(text);
  if (match !== null) {
    const [group, version] = (match[2] ?? '').includes('/') ? (match[2] ?? '').split('/') : ['', match[2]];
    return { is: 'no such kind', kind: match[1] ?? '', group: group ?? '', version: version ?? '' };
  }
  const argo =
    /could not find (?:version "([^"]+)" of )?([\w.-]*)\/(\w+) for requested resource/.exec(text) ??
    /Make sure the "(\w+)" CRD is installed/.exec(text);
  if (argo?.[3] !== undefined)
    return { is: 'no such kind', kind: argo[3], group: argo[2] ?? '', ...(argo[1] && { version: argo[1] }) };
  if (argo?.[1] !== undefined) return { is: 'no such kind', kind: argo[1] };
  return /the server could not find the requested resource|the server doesn't have a resource type/.test(text)
    ? { is: 'no such kind' }
    : undefined;
};

const forbidden: RefusalReader = text => {
  const match =
    /User "([^"]+)" cannot (\w+) (?:resource "([^"]+)"(?: in API group "([^"]*)")?|path "([^"]+)")(?: (?:in the namespace "([^"]+)"|at the cluster scope))?/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, user = '', verb = '', resource, group = '', path, namespace] = match;
  const roleMissing = /RBAC: ((?:cluster)?role)[\w.]* "([^"]+)" not found/i.exec(text)?.[2];
  return {
    is: 'forbidden',
    user,
    verb,
    resource: resource ?? path ?? '',
    group,
    ...(namespace && { namespace }),
    ...(roleMissing && { roleMissing }),
  };
};

const tooLong: RefusalReader = text => {
  const match = /([\w.]*metadata\.annotations): Too long/.exec(text);
  return match === null ? undefined : { is: 'too long', field: match[1] ?? '' };
};

const unknownField: RefusalReader = text => {
  const match = /(?:strict decoding error: )?unknown field "([^"]+)"|([.\w[\]"=-]+): field not declared in schema/.exec(
    text,
  );
  return match === null ? undefined : { is: 'unknown field', field: match[1] ?? match[2] ?? '' };
};

const missing: RefusalReader = text => {
  const match = /(?:^|[\s:,"(])([a-z][a-z0-9.-]*) "([^"]+)" not found/.exec(text);
  return match === null ? undefined : { is: 'not found', resource: match[1] ?? '', name: match[2] ?? '' };
};

const invalid: RefusalReader = text => {
  const object = invalidObject(text);
  return object && { is: 'invalid', ...object, message: oneLine(object.message) };
};

const unreachable: RefusalReader = text => {
  const how = unreachableIn(text);
  const service = serviceIn(text);
  return how && { is: 'unreachable', how, detail: oneLine(text), ...(service && { service }) };
};

const READERS: readonly RefusalReader[] = [
  conversion,
  unavailable,
  denied,
  policy,
  matchCondition,
  quota,
  account,
  limits,
  security,
  terminating,
  immutable,
  noKind,
  forbidden,
  tooLong,
  unknownField,
  invalid,
  missing,
  unreachable,
];
