import type { Call, Kernel } from '../api/kernel.ts';
import { currentObject } from '../api/update.ts';
import { each, ensure, part } from '../defaults/fill.ts';
import { timestamp } from '../object.ts';
import { badRequest, conflict, StatusError } from '../status.ts';

function refuseInvalidTarget({ kind, name }: Record<string, unknown>): void {
  if (kind && kind !== 'Node')
    throw new StatusError(
      500,
      '',
      `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`,
    );
  if (!name) throw new StatusError(500, '', 'target.name: Required value');
}

/** Puts a Pod on a node. 409 when it is on one already. */
export function bind(kernel: Kernel, call: Call, body: unknown): void {
  const pod = currentObject(kernel, call);
  const name = part(body, 'metadata')?.name;
  if (name !== undefined && name !== call.name) throw badRequest('name in URL does not match name in Binding object');
  const node = part(body, 'target')?.name;
  refuseInvalidTarget(part(body, 'target') ?? {});
  const current = part(pod, 'spec')?.nodeName;
  if (current)
    throw conflict(
      { group: '', resource: 'pods/binding' },
      call.name,
      `pod ${call.name} is already assigned to node "${current}"`,
    );
  if (call.dryRun) return;
  const now = timestamp(kernel.clock.now());
  kernel.store.modify(
    'pods',
    call.namespace,
    call.name,
    draft => {
      ensure(draft, 'spec').nodeName = node;
      const status = ensure(draft, 'status');
      const others = each(status, 'conditions').filter(c => c.type !== 'PodScheduled');
      status.conditions = [
        ...others,
        { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now },
      ];
    },
    { by: { manager: call.manager, subresource: 'binding' } },
  );
}
