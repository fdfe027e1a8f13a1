import { usageOf } from '../../admission/quota.ts';
import { sameJson } from '../../object.ts';
import { quantityText, quantityValue } from '../../quantity.ts';
import type { StoreEvent } from '../../store.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj } from '../kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';

interface Quota extends Obj {
  spec?: { hard?: Record<string, string> };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

const QUOTAS = 'resourcequotas';
const BATCH_MS = 50;

/** The quota controller: `status.hard` and `status.used` of ResourceQuotas. */
export function quotaController({ store, registry }: Parts): Controller {
  const used = (namespace: string | undefined, hard: Readonly<Record<string, string>>): Record<string, string> => {
    const total: Record<string, number> = Object.fromEntries(Object.keys(hard).map(name => [name, 0]));
    for (const info of registry.all().filter(r => r.namespaced && !r.storedAs)) {
      for (const object of store.list(info.key, namespace)) {
        for (const [name, amount] of Object.entries(usageOf(info.group, info.resource, object)))
          if (name in total) total[name] = (total[name] ?? 0) + amount;
      }
    }
    const like = (name: string) => (quantityValue(hard[name]) ? (hard[name] ?? '') : '');
    return Object.fromEntries(Object.entries(total).map(([name, n]) => [name, quantityText(n, like(name))]));
  };

  const inNamespace = ({ object, type, resource }: StoreEvent): string[] => {
    const { namespace } = object.metadata;
    if (!namespace || resource.key === 'events' || (type === 'MODIFIED' && resource.key !== 'pods')) return [];
    return store.list(QUOTAS, namespace).map(keyOf);
  };

  return {
    name: 'resourcequota',
    batchMs: BATCH_MS,
    watches: { [QUOTAS]: ownKey, '*': inNamespace },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const change = (draft: Quota) => {
        const hard = draft.spec?.hard ?? {};
        const status = { hard, used: used(namespace, hard) };
        if (sameJson(draft.status, status)) return false;
        draft.status = status;
        return draft;
      };
      store.modify<Quota>(QUOTAS, namespace, name, change, STATUS_BY_CONTROLLER);
      return undefined;
    },
  };
}
