import { EXPIRES, MANAGED_BY, MAYDAY, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { comparable } from './recorded.ts';

/** Takes out what mayday may add to the framework's format, so that the rest must be equal. */
export function withoutExtras(object: KubeObject): unknown {
  const copy = comparable(object) as KubeObject;
  const { annotations = {}, labels = {} } = copy.metadata;
  for (const key of [MAYDAY, EXPIRES]) delete annotations[key];
  const record = annotations[ROLLBACK_DATA];
  if (record !== undefined) annotations[ROLLBACK_DATA] = record.replace(/,"mayday":.*\}$/, '}');
  for (const key of [MANAGED_BY, TYPE_LABEL]) delete labels[key];
  copy.metadata = { ...copy.metadata, annotations, labels };
  return readable(copy);
}

/** Where ours differs on purpose: a server that really delays, its own certificate, and no namespace that is not allowed; less an address that the server chose. */
export function withoutPurpose(object: unknown): object {
  const { data: _data, spec, webhooks, ...rest } = structuredClone(object) as KubeObject;
  const { template } = (spec ?? {}) as { template?: { metadata: object } };
  if (template !== undefined)
    return { ...rest, spec: { ...(spec as object), template: { metadata: template.metadata } } };
  const { clusterIP: _ip, clusterIPs: _ips, ...chosen } = (spec ?? {}) as Record<string, unknown>;
  if (webhooks === undefined) return spec === undefined ? rest : { ...rest, spec: chosen };
  const hooks = (webhooks as { rules: object[] }[]).map(hook => {
    const { namespaceSelector: _theirs, objectSelector: _own, clientConfig, rules, ...same } = hook as never as Hook;
    return {
      ...same,
      clientConfig: { service: clientConfig.service },
      rules: rules.map(rule => ({ ...rule, scope: '*' })),
    };
  });
  return { ...rest, webhooks: hooks };
}

interface Hook {
  namespaceSelector: object;
  objectSelector: object;
  clientConfig: { service: object };
  rules: object[];
}

const BACKUP_KEY = /^(secret|lease|resource)-backup$/;

/** Whole objects that are kept in others, as objects: what the server owns differs from one life of an object to the next. */
function readable(object: KubeObject): unknown {
  const [key = '', stored = ''] = Object.entries((object.data ?? {}) as Record<string, string>)[0] ?? [];
  if (!BACKUP_KEY.test(key)) return object;
  const text = object.kind === 'Secret' ? Buffer.from(stored, 'base64').toString('utf8') : stored;
  return { ...object, data: { [key]: comparable(JSON.parse(text) as KubeObject) } };
}
