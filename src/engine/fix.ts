import type { Clock } from '../host/clock.ts';
import type { Files } from '../host/files.ts';
import { sameContent } from '../injection/restore/deletion-restore.ts';
import { type Execution, execute } from '../injection/write/executor.ts';
import type { Write } from '../injection/write/write.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import { type FixHeader, type FixReceipt, openFixRecord, saveObject } from '../records/fix-record.ts';
import type { Finding } from '../triage/finding/finding.ts';
import { findingId } from '../triage/finding/result.ts';
import { changedBy } from '../triage/remedies/index.ts';
import type { Planned, Remedy } from '../triage/remedies/remedy.ts';

export interface FixDeps {
  api: Api;
  clock: Clock;
  files: Files;
  stateDir: string;
  /** Who applies the fix, where; for the journal. */
  header: Omit<FixHeader, 'fix' | 'finding' | 'object'>;
}

/** A remedy, planned for the current state of the cluster, to be shown to a person before it is applied. */
export interface Prepared {
  finding: Finding;
  remedy: Remedy;
  before: KubeObject;
  plan: Exclude<Planned, { refusal: string }>;
}

/** Reads what the remedy needs and plans it; returns a one-line refusal if that is impossible. */
export async function prepareFix(api: Api, finding: Finding, remedy: Remedy): Promise<Prepared | { refusal: string }> {
  const target = changedBy(remedy, finding);
  const got = await api.get(target);
  if (!got.ok) return { refusal: `expected to read ${nameOf(target)}, found: ${got.message}` };
  const { uid } = target;
  if (uid !== undefined && got.value.metadata.uid !== uid)
    return { refusal: `${nameOf(target)} was deleted and created again since the triage: run the triage again` };
  const where = remedy.beside?.(target);
  const listed = where === undefined ? undefined : await api.listAll(where);
  if (listed && !listed.ok) return { refusal: `expected to list ${where?.kind} objects, found: ${listed.message}` };
  const before = { ...got.value, apiVersion: target.apiVersion, kind: target.kind };
  const beside = listed?.value.items ?? [];
  const plan = remedy.plan({ object: before, beside, at: new Date(api.serverTime().now).toISOString() }, finding);
  return 'refusal' in plan ? plan : { finding, remedy, before, plan };
}

/** How often, and at what interval, a deleted object is read again. */
const MAX_READS = 10;
const READ_INTERVAL_MS = 200;

/** Applies a planned remedy. Each write is recorded in the journal first, applies only to the version that was planned on, and is read back. */
export async function applyFix(deps: FixDeps, { finding, remedy, before, plan }: Prepared): Promise<FixReceipt> {
  const object = changedBy(remedy, finding);
  const fix = { fix: remedy.name, finding: findingId(finding), rule: finding.rule, object, undo: plan.undo };
  return recorded(deps, fix, async send => {
    const { files, stateDir, header } = deps;
    const saved = remedy.saves ? await saveObject(files, stateDir, header.run, before) : undefined;
    const done = await send(plan.writes);
    const seen = await readAfterFix(deps, object, before, remedy);
    const mayBeDone = done.state === 'done' || done.state === 'unknown';
    const outcome = !mayBeDone ? 'not done' : seen.isDone ? 'done' : seen.isBlind ? 'unknown' : 'not done';
    const message = done.state === 'done' ? plan.writes.map(({ says }) => says).join(', ') : done.message;
    return { outcome, message, ...(saved === undefined ? {} : { saved }) };
  });
}

/** Opens the record of a fix, applies it, and closes the record with its receipt. */
async function recorded(
  { api, clock, files, stateDir, header }: FixDeps,
  fix: Pick<FixReceipt, 'finding' | 'rule' | 'fix' | 'object' | 'undo'>,
  apply: (
    send: (writes: readonly Write[]) => Promise<Execution>,
  ) => Promise<Pick<FixReceipt, 'outcome' | 'message' | 'saved'>>,
): Promise<FixReceipt> {
  const began = clock.monotonic();
  const { rule: _, undo: __, ...named } = fix;
  const record = await openFixRecord(files, stateDir, { ...header, ...named });
  try {
    const end = await apply(writes =>
      execute(writes, { api, clock, journal: record }, { id: header.run, purpose: 'fix' }),
    );
    const receipt = { ...fix, ...end, verified: end.outcome === 'done', ms: Math.round(clock.monotonic() - began) };
    await record.receipt(receipt);
    return receipt;
  } finally {
    await record.close();
  }
}

/** Reads the object after our last write. Waits a little for an object that is being deleted. */
async function readAfterFix(
  { api, clock }: FixDeps,
  object: ObjectRef,
  before: KubeObject,
  remedy: Remedy,
): Promise<{ isDone: boolean; isBlind: boolean }> {
  for (let looks = 1; ; looks += 1) {
    const got = await api.get(object);
    const isGone = !got.ok && got.reason === 'not-found';
    if (!got.ok && !isGone) return { isDone: false, isBlind: true };
    const isDone = remedy.isDone(before, got.ok ? got.value : undefined);
    if (isDone || looks >= MAX_READS) return { isDone, isBlind: false };
    await clock.sleep(READ_INTERVAL_MS);
  }
}

/**
 * Creates an object again from its saved copy, without the fields that only the server sets. Fails if another object has
 * its name now.
 */
export async function recreateSaved(deps: FixDeps, saved: KubeObject): Promise<FixReceipt> {
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = saved.metadata;
  const metadata = { name, namespace, labels, annotations, finalizers, ownerReferences };
  const { status: _status, ...rest } = saved;
  const body = JSON.parse(JSON.stringify({ ...rest, metadata })) as KubeObject;
  const { uid: _, ...object } = refOf(saved);
  const fix = { fix: 'put-back', finding: '', rule: '', object, undo: 'delete it' };
  return recorded(deps, fix, async send => {
    const says = `create ${nameOf(object)} again`;
    const done = await send([{ verb: 'create', on: object, body, precondition: { absent: true }, says }]);
    const seen = done.state === 'done' ? await asSaved(deps.api, object, body) : undefined;
    return {
      outcome: seen?.outcome ?? (done.state === 'unknown' ? 'unknown' : 'not done'),
      message: done.state === 'done' ? [says, ...(seen?.but ?? [])].join('; ') : done.message,
    };
  });
}

/**
 * Whether the created object equals the saved one: a webhook may have changed it, or a schema may have dropped a part.
 */
async function asSaved(
  api: Api,
  object: ObjectRef,
  saved: KubeObject,
): Promise<{ outcome: FixReceipt['outcome']; but: string[] }> {
  const got = await api.get(object);
  if (got.ok && sameContent(got.value, saved)) return { outcome: 'done', but: [] };
  if (got.ok) return { outcome: 'not done', but: ['it was created, but differs from the saved object'] };
  if (got.reason === 'not-found') return { outcome: 'not done', but: ['it was created, but is gone again'] };
  return { outcome: 'unknown', but: [`it was created, but could not be read back: ${got.message}`] };
}
