import { invalidPatchResult, refuseOtherKind } from '../api/decode.ts';
import type { Call, Kernel } from '../api/kernel.ts';
import { applyPatch, type PatchType } from '../api/patch.ts';
import { currentObject, refuseOtherName, writeOver } from '../api/update.ts';
import { atVersion } from '../crd/at-version.ts';
import { ensure, part } from '../defaults/fill.ts';
import { cloneJson, type KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { badRequest, invalid, modified, type StatusError } from '../status.ts';
import { selectorText } from '../table/cells.ts';
import { jsonPath } from '../table/json-path.ts';
import { invalidValue } from '../validate/field.ts';
import { NOT_NEGATIVE } from '../validate/rule.ts';

/** Where a kind keeps its replica counts, as JSON paths. */
interface ScalePaths {
  spec: string;
  status: string;
  selector: string;
}

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale', custom: false };

const BUILTIN: ScalePaths = { spec: '.spec.replicas', status: '.status.replicas', selector: '' };

const pathsOf = (info: ResourceInfo): ScalePaths => info.scale ?? BUILTIN;

/** The Scale of an object. */
function scaleOf(info: ResourceInfo, object: KubeObject): KubeObject {
  const paths = pathsOf(info);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.selector ? jsonPath(object, paths.selector)[0] : selectorText(part(object, 'spec')?.selector);
  const replicas = Number(jsonPath(object, paths.spec)[0] ?? 0);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      uid,
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(creationTimestamp ? { creationTimestamp } : {}),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: Number(jsonPath(object, paths.status)[0] ?? 0),
      ...(typeof selector === 'string' && selector !== '<none>' ? { selector } : {}),
    },
  };
}

function withReplicas(object: KubeObject, path: string, replicas: number): KubeObject {
  const next = cloneJson(object);
  const steps = path.split('.').filter(step => step !== '');
  const last = steps.pop() ?? 'replicas';
  steps.reduce<Record<string, unknown>>(ensure, next as Record<string, unknown>)[last] = replicas;
  return next;
}

function negativeReplicas({ info, name }: Call, replicas: number): StatusError {
  if (!info.custom)
    return invalid('autoscaling', 'Scale', name, [invalidValue('spec.replicas', replicas, NOT_NEGATIVE)]);
  const why = 'should be a non-negative integer';
  return invalid(info.group, info.kind, name, [invalidValue(pathsOf(info).spec, replicas, why)]);
}

async function setScale(kernel: Kernel, call: Call, scale: unknown): Promise<KubeObject> {
  const current = currentObject(kernel, call);
  const wanted = part(scale, 'spec')?.replicas ?? 0;
  if (typeof wanted !== 'number' || !Number.isInteger(wanted))
    throw badRequest('spec.replicas of a Scale is a whole number');
  if (wanted < 0) throw negativeReplicas(call, wanted);
  const version = part(scale, 'metadata')?.resourceVersion;
  if (version && version !== current.metadata.resourceVersion) throw modified(call.info, call.name);
  const next = withReplicas(atVersion(kernel, call.info, call.version, current), pathsOf(call.info).spec, wanted);
  return scaleOf(call.info, await writeOver(kernel, call, current, next));
}

/** The Scale of the object that the call names. 404 when there is none. */
export const getScale = (kernel: Kernel, call: Call): KubeObject => scaleOf(call.info, currentObject(kernel, call));

/** Sets the replicas from a whole Scale. */
export const putScale = (kernel: Kernel, call: Call, body: unknown): Promise<KubeObject> => {
  refuseOtherKind(kernel, body, SCALE, ['autoscaling/v1']);
  refuseOtherName(call, { metadata: { name: '' }, ...(body as object) } as KubeObject);
  return setScale(kernel, call, body);
};

const wrongReplicas = (value: unknown): Error =>
  new Error(`json: cannot unmarshal ${typeof value} into Go struct field ScaleSpec.spec.replicas of type int32`);

/** Sets the replicas from a patch of the Scale. */
export async function patchScale(kernel: Kernel, call: Call, type: PatchType, patch: unknown): Promise<KubeObject> {
  const result = applyPatch(kernel, call, getScale(kernel, call), type, patch);
  const wanted = part(result, 'spec')?.replicas;
  if (wanted !== undefined && typeof wanted !== 'number')
    throw invalidPatchResult(result, false, wrongReplicas(wanted));
  return setScale(kernel, call, result);
}
