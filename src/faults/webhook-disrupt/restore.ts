import type { FoundInjection } from '../../injection/found-injection.ts';
import type { MaydayFacts } from '../../injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip, textsIn } from '../../injection/record/record.ts';
import { type Operation, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { failurePolicyOf, webhooksOf } from '../../k8s/webhooks.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';

const KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];
const POLICIES = ['Fail', 'Ignore', ''];

interface PolicyRecord {
  /** By webhook name; '' where the policy was not set. */
  policies: { [name: string]: string };
  mayday: MaydayFacts | undefined;
}

function recordOf(victim: KubeObject): PolicyRecord | string {
  if (!KINDS.includes(victim.kind)) return `a ${victim.kind} has no failure policies`;
  const envelope = recordIn(victim, 'WebhookDisrupt');
  if (typeof envelope === 'string') return envelope;
  const policies = textsIn(envelope.data);
  const isPolicies = policies !== undefined && Object.values(policies).every(policy => POLICIES.includes(policy));
  return isPolicies ? { policies, mayday: envelope.mayday } : 'the undo record is not one of WebhookDisrupt';
}

/**
 * Restores the policy of each webhook; webhooks are found by name, at any index. Everything else in the configuration
 * stays, including webhooks added since. If recorded webhooks are gone while others were added, they may have been
 * renamed, and a person decides.
 */
export function restorePolicies(found: FoundInjection): Restore {
  const victim = found.live;
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const name = nameOf(refOf(victim));
  const live = webhooksOf(victim);
  const names = live.map(webhook => webhook.name);
  const lost = Object.keys(record.policies).filter(recorded => !names.includes(recorded));
  const fresh = names.filter(present => !Object.hasOwn(record.policies, present));
  const changed = live.flatMap((webhook, index) => {
    const original = own(record.policies, webhook.name);
    if (original === undefined || failurePolicyOf(webhook) === (original || 'Fail')) return [];
    return [{ webhook, operations: policyOperations(index, webhook, original) }];
  });
  const writes = [
    restoreWrite(
      victim,
      record,
      changed.flatMap(({ operations }) => operations),
    ),
  ];
  if (lost.length > 0 && fresh.length > 0) {
    return {
      is: 'diverged',
      writes,
      original: listed(record.policies),
      injected: record.mayday?.injected ?? '(not recorded)',
      live: listed(Object.fromEntries(live.map(webhook => [webhook.name, failurePolicyOf(webhook)]))),
      says: `${name}: webhooks ${shown(lost)} are gone and ${shown(fresh)} were added since: if they were renamed, they would keep the injected policy`,
    };
  }
  const gone = lost.length === 0 ? '' : `; no longer there: ${shown(lost)}`;
  if (changed.length === 0) {
    const says = `every webhook of ${name} already has its original policy${gone}`;
    return { is: 'already-restored', writes, says };
  }
  const says = `restore the policy of ${shown(changed.map(({ webhook }) => webhook.name))} in ${name}${gone}`;
  return { is: 'restore', writes, says };
}

function policyOperations(index: number, webhook: { name: string; failurePolicy?: string }, original: string) {
  const at = pointer('webhooks', index, 'failurePolicy');
  const guard = [
    test(pointer('webhooks', index, 'name'), webhook.name),
    ...(webhook.failurePolicy === undefined ? [] : [test(at, webhook.failurePolicy)]),
  ];
  return [...guard, original === '' ? remove(at) : set(at, original)];
}

function restoreWrite(victim: KubeObject, { mayday }: PolicyRecord, value: Operation[]) {
  const records = [ROLLBACK_DATA];
  return restoreAndStrip(victim, { type: 'WebhookDisrupt', records, mayday, value, what: 'the failure policies' });
}

const shown = (names: readonly string[]) => sanitise(names.join(', '), 300);
const listed = (policies: { [name: string]: string }) =>
  sanitise(
    Object.entries(policies)
      .map(([name, policy]) => `${name}=${policy || '(unset)'}`)
      .join(', '),
    400,
  );
