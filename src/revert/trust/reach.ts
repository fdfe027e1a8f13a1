import { typeByBackup } from '../../faults/recognition.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { onlyStrips } from '../../injection/record/strip.ts';
import type { Write } from '../../injection/write/write.ts';
import type { Operation } from '../../k8s/json-patch.ts';
import type { Json, KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, sameObject } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { beyondOrdinary, isNode, isOrdinary, isRbac } from './kinds.ts';
import { byAnotherWay, wasMadeMarked } from './origin.ts';
import type { ScopeOf } from './scope.ts';

/**
 * How far a restore reaches, compared with what the author of the record could have done without mayday. 1: only the object that carries
 * the record, and only what a user who may write its metadata may write too. 2: another object of an ordinary kind in the same namespace.
 * 3: more.
 */
type Tier = 1 | 2 | 3;

export interface Reach {
  tier: Tier;
  /** Why it is 2 or 3, a phrase for each write. */
  why: string[];
  /** Why no chaos tool writes such a record, so that nobody may confirm it. */
  refused?: string;
}

const NOTHING: Reach = { tier: 1, why: [] };

/** How far these writes of one restore reach. */
export function reachOf(finding: FoundInjection, writes: readonly Write[], scopeOf: ScopeOf): Reach {
  const all = writes.map(write => reachOfWrite(finding, write, scopeOf));
  const refused = all.find(one => one.refused !== undefined)?.refused;
  return {
    tier: all.reduce<Tier>((most, { tier }) => (tier > most ? tier : most), 1),
    why: all.flatMap(({ why }) => why),
    ...(refused === undefined ? {} : { refused }),
  };
}

function reachOfWrite(finding: FoundInjection, write: Write, scopeOf: ScopeOf): Reach {
  return sameObject(write.on, finding.object) ? ofCarrier(finding, write) : ofAnother(finding, write, scopeOf);
}

const named = (ref: ObjectRef): string => sanitise(nameOf(ref), 300);
const reach = (tier: Tier, why: string): Reach => ({ tier, why: [sanitise(why, 600)] });

/** The reach of a write to the object that carries the record. Removing marks alone gives nobody an advantage. */
function ofCarrier(finding: FoundInjection, write: Write): Reach {
  const carrier = finding.live;
  if (write.verb === 'delete') return ofDeletion(finding);
  if (onlyStrips(write)) return NOTHING;
  const way = byAnotherWay(carrier);
  if (way !== undefined)
    return reach(
      3,
      `changes ${named(write.on)} by a record that was written ${way}: its author may not be allowed to write the object`,
    );
  if (isRbac(carrier) && !staysWithin(write, '/metadata/'))
    return reach(3, `changes who may do what, in ${named(write.on)}`);
  if (isNode(carrier) && !staysWithin(write, '/metadata/finalizers')) return reach(3, `changes ${named(write.on)}`);
  return NOTHING;
}

/** Whether a patch only writes below this path and removes marks. */
function staysWithin(write: Write, path: string): boolean {
  if (write.verb !== 'patch' || write.patchType !== 'json') return false;
  const others = (write.body as unknown as Operation[]).filter(operation => !operation.path.startsWith(path));
  return onlyStrips({ ...write, body: others as unknown as Json });
}

/** Name prefixes that only chaos tools use. A user who may only patch objects cannot give an object such a name. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  NetworkPolicy: ['operator-chaos-np-'],
  PodDisruptionBudget: ['chaos-pdb-'],
  Secret: ['chaos-webhook-latency-'],
  Deployment: ['chaos-webhook-latency-'],
  Service: ['chaos-webhook-latency-'],
  ValidatingWebhookConfiguration: ['chaos-webhook-latency-'],
  ConfigMap: ['operator-chaos-'],
};
/** A user who may change one of these could make it forbid nothing, which has the same effect as deleting it. */
const LIMITS: ReadonlySet<string> = new Set(['NetworkPolicy', 'ResourceQuota', 'PodDisruptionBudget']);

function ofDeletion({ live, object }: FoundInjection): Reach {
  const { kind, metadata } = live;
  const isOwnName =
    typeByBackup(live) !== undefined || (NAMES[kind] ?? []).some(prefix => metadata.name.startsWith(prefix));
  const way = byAnotherWay(live);
  if (way === undefined && (isOwnName || (LIMITS.has(kind) && wasMadeMarked(live)))) return NOTHING;
  const how = way === undefined ? 'its marks may have been added later' : `its marks were written ${way}`;
  return reach(metadata.namespace === undefined ? 3 : 2, `deletes ${named(object)}, and ${how}`);
}

function ofAnother(finding: FoundInjection, write: Write, scopeOf: ScopeOf): Reach {
  const { on, verb } = write;
  const what = `${VERBS[verb]} ${named(on)}`;
  const scope = scopeOf(on.apiVersion, on.kind);
  if (scope === 'cluster' && claimsNamespace(write))
    return {
      ...reach(3, what),
      refused: sanitise(
        `the record holds ${on.kind} ${on.name} with a namespace, but on the server that kind is cluster-scoped`,
        400,
      ),
    };
  if (scope === 'unknown') return reach(3, `${what}, a kind that this cluster does not serve`);
  if (scope === 'cluster') return reach(3, `${what}, which is cluster-scoped`);
  if (on.namespace !== finding.object.namespace) return reach(3, `${what}, in another namespace than the record`);
  if (verb === 'delete' && isOwnBackup(finding, on)) return NOTHING;
  if (isRbac(on)) return reach(3, `${what}, which grants permissions`);
  if (!isOrdinary(on)) return reach(3, `${what}, a kind by which other programs act`);
  const beyond = verb === 'create' || verb === 'replace' ? beyondOrdinary(write.body) : [];
  return beyond.length > 0 ? reach(3, `${what}, which ${beyond.join(', and ')}`) : reach(2, what);
}

const VERBS: Readonly<Record<Write['verb'], string>> = {
  create: 'creates',
  patch: 'changes',
  replace: 'replaces',
  delete: 'deletes',
};

const claimsNamespace = (write: Write): boolean =>
  write.on.namespace !== undefined ||
  ((write.verb === 'create' || write.verb === 'replace') &&
    (write.body as KubeObject).metadata.namespace !== undefined);

/** Whether this is the backup of the victim's own record; the name cannot belong to another victim. */
const isOwnBackup = ({ object }: FoundInjection, { kind, name }: ObjectRef): boolean =>
  object.kind === 'Secret' && kind === 'Secret' && name.startsWith(`chaos-rollback-${object.name}-`);
