import { serviceFailure } from '../admission/backend.ts';
import type { Kernel } from '../api/kernel.ts';
import { part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { internalError } from '../status.ts';
import { DEFINITIONS } from './definition.ts';

const DEFAULT_PORT = 443;

/**
 * Why objects of a custom kind cannot be returned in this version: the conversion webhook cannot be called. Undefined
 * when they can.
 */
export function conversionFailure(
  kernel: Pick<Kernel, 'store'>,
  info: ResourceInfo,
  objects: readonly KubeObject[],
  version: string,
): string | undefined {
  if (!info.custom) return undefined;
  const wanted = `${info.group}/${version}`;
  const other = objects.find(({ apiVersion }) => apiVersion !== wanted);
  if (!other) return undefined;
  const definition = kernel.store.get(DEFINITIONS, undefined, info.key);
  const conversion = part(definition, 'spec', 'conversion');
  if (conversion?.strategy !== 'Webhook') return undefined;
  const {
    namespace,
    name,
    path = '',
    port = DEFAULT_PORT,
  } = part(conversion, 'webhook', 'clientConfig', 'service') ?? {};
  const target = { namespace: String(namespace), name: String(name), port: Number(port) };
  const why = serviceFailure(kernel, target);
  const url = `https://${target.name}.${target.namespace}.svc:${target.port}${String(path)}?timeout=30s`;
  return `conversion webhook for ${other.apiVersion}, Kind=${info.kind} failed: Post "${url}": ${why}`;
}

/** Refuses to return objects whose conversion webhook cannot be called. */
export function refuseUnconverted(
  kernel: Kernel,
  info: ResourceInfo,
  objects: readonly KubeObject[],
  version: string,
): void {
  const why = conversionFailure(kernel, info, objects, version);
  if (why !== undefined) throw internalError(why);
}
