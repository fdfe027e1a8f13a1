import { schemaOf } from '../api/fields.ts';
import type { Call, Kernel } from '../api/kernel.ts';
import { each, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import { invalid, type StatusCause } from '../status.ts';
import { customCauses } from './crd/custom.ts';
import { withRules } from './crd/custom-rules.ts';
import { forbiddenField } from './field.ts';
import { kindCauses, kindUpdateCauses } from './kinds.ts';
import { finalizerWarnings, metadataCauses, metadataUpdateCauses } from './metadata.ts';

function refuse({ info }: Call, object: KubeObject, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid(info.group, info.kind, object.metadata.name ?? '', causes);
}

/** The causes for fields that a new object must not have. */
const newCauses = (key: string, object: KubeObject): StatusCause[] =>
  key === 'pods' && each(part(object, 'spec'), 'ephemeralContainers').length > 0
    ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')]
    : [];

/** Refuses a new object that is not valid, with every cause at once. 422. */
export function validateCreate(kernel: Kernel, call: Call, object: KubeObject): void {
  const node = schemaOf(kernel, call);
  const own = call.info.custom
    ? node
      ? customCauses(object, node)
      : []
    : [...newCauses(call.info.key, object), ...kindCauses(call.info.key, object)];
  const causes = [...metadataCauses(call, object), ...own];
  refuse(call, object, call.info.custom ? withRules(causes, node, object) : causes);
  if (call.info.custom) call.warnings.push(...finalizerWarnings(undefined, object));
  if (call.info.key === 'pods') call.warnings.push(...podWarnings(object));
}

/** The warnings for image pull secrets without a name. */
const podWarnings = (pod: KubeObject): string[] =>
  each(part(pod, 'spec'), 'imagePullSecrets').flatMap(({ name }, i) =>
    name ? [] : [`spec.imagePullSecrets[${i}].name: invalid empty name ""`],
  );

/** Services are compared before they are checked, the other kinds after. */
const causesBeforeKindRules = (key: string, before: KubeObject, after: KubeObject) =>
  key === 'services' ? kindUpdateCauses(key, before, after) : [];
const causesAfterKindRules = (key: string, before: KubeObject, after: KubeObject) =>
  key === 'services' ? [] : kindUpdateCauses(key, before, after);

/** Refuses an update whose result is not valid, or that changes what may not change. 422. */
export function validateUpdate(kernel: Kernel, call: Call, before: KubeObject, after: KubeObject): void {
  const node = schemaOf(kernel, call);
  const meta = [...metadataUpdateCauses(before, after), ...metadataCauses(call, after)];
  if (call.info.custom) {
    const causes = [...meta, ...(node ? customCauses(after, node, '', before) : [])];
    refuse(call, after, withRules(causes, node, after, before));
    call.warnings.push(...finalizerWarnings(before, after));
    return;
  }
  const { key } = call.info;
  const own =
    call.subresource === ''
      ? [
          ...causesBeforeKindRules(key, before, after),
          ...kindCauses(key, after),
          ...causesAfterKindRules(key, before, after),
        ]
      : [];
  refuse(call, after, [...meta, ...own]);
}
