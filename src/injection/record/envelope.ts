import { createHash } from 'node:crypto';
import type { Facts } from '../../faults/contract.ts';
import type { Json, ManagedField } from '../../k8s/object.ts';
import { parsedJson } from '../../text/json.ts';
import { areOwners } from '../write/ownership.ts';
import { type GoValue, goJson } from './go-json.ts';
import { fold, isTooDeep, members } from './raw-members.ts';

/** The framework refuses larger payloads, when it injects and when it reverts. */
export const MAX_PAYLOAD_BYTES = 200_000;
/** The API server's cap for all annotations of an object together. */
export const MAX_ANNOTATION_BYTES = 262_144;

/** The facts that mayday adds to an undo record: who injected what, when it must end, and what the framework's format cannot hold. */
export interface MaydayFacts {
  v: 1;
  id: string;
  run: string;
  experiment: string;
  by: string;
  host: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  expires?: string;
  /** The victim's own managed-by label, which the framework's revert would delete. */
  managedBy?: string;
  /** The injected value, or `sha256:<hex>` of a secret or long one; distinguishes injected from diverged. */
  injected?: string;
  /**
   * The topmost member that did not exist before and that the injection created. If it is not set, a null original means
   * that the value was null.
   */
  absent?: string;
  /** The uid of an object to be deleted, if the backup's format does not hold it; shows that the object was never deleted. */
  uid?: string;
  /** The former owners of the changed fields, from managedFields; the restore gives the fields back to them. */
  owners?: readonly ManagedField[];
  /** The signature over these facts and the record, made with the cluster's key for records. */
  sig?: string;
}

/** A checked undo record. */
export interface Envelope {
  data: Json;
  /** The text of `data` exactly as it is in the annotation. */
  raw: string;
  mayday?: MaydayFacts;
}

export type EnvelopeReading = ({ ok: true } & Envelope) | { ok: false; reason: string };

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** The facts of an injection as they are written into the cluster. */
export function maydayFacts(
  facts: Facts,
  more: {
    managedBy?: string | undefined;
    injected?: string | undefined;
    absent?: string | undefined;
    uid?: string | undefined;
    owners?: readonly ManagedField[] | undefined;
  } = {},
): MaydayFacts {
  const { id, run, experiment, by, host } = facts;
  return {
    v: 1,
    id,
    run,
    experiment,
    by,
    host,
    at: new Date(facts.at).toISOString(),
    ...(facts.expires === undefined ? {} : { expires: new Date(facts.expires).toISOString() }),
    ...(more.managedBy === undefined ? {} : { managedBy: more.managedBy }),
    ...(more.injected === undefined ? {} : { injected: more.injected }),
    ...(more.absent === undefined ? {} : { absent: more.absent }),
    ...(more.uid === undefined ? {} : { uid: more.uid }),
    ...(more.owners === undefined ? {} : { owners: more.owners }),
  };
}

const MAX_PLAIN_LENGTH = 512;

/** An injected value as the facts hold it: the value, or its digest if it is long or secret. */
export function fingerprint(value: string, secret = false): string {
  return secret || value.length > MAX_PLAIN_LENGTH || value.startsWith('sha256:') ? `sha256:${sha256(value)}` : value;
}

/** Whether `value` is the injected value that the facts record. */
export function isInjected(value: string, recorded: string): boolean {
  return value === recorded || `sha256:${sha256(value)}` === recorded;
}

/**
 * The text of annotation `rollback-data`: `{"data":…,"checksum":"<sha256 of those bytes>"}`, with the facts as one more member
 * (the framework's reader ignores it). `data` is spliced in as text, so the hash always covers what is written.
 */
export function writeEnvelope(data: GoValue, mayday?: MaydayFacts, keys: 'sorted' | 'as-given' = 'sorted'): string {
  const raw = goJson(data, keys);
  const extra = mayday === undefined ? '' : `,"mayday":${goJson({ ...mayday } as unknown as GoValue, 'as-given')}`;
  return `{"data":${raw},"checksum":"${sha256(raw)}"${extra}}`;
}

/** The size of a payload in bytes, as the framework's limit counts it. */
export function payloadBytes(data: GoValue): number {
  return Buffer.byteLength(goJson(data), 'utf8');
}

/**
 * Reads an undo record as the framework's reader does: members in any order and any case, the last duplicate wins, unknown ones
 * ignored, white space around them tolerated; the checksum covers the raw text of `data` and must be lower-case hex.
 */
export function readEnvelope(text: string): EnvelopeReading {
  const found = members(text);
  if (typeof found === 'string') return { ok: false, reason: found };
  const last = new Map(found.map(({ name, raw }) => [fold(name), raw]));
  const raw = last.get('data');
  const checksum = last.get('checksum');
  if (raw === undefined || checksum === undefined) {
    return { ok: false, reason: `expected members "data" and "checksum", found ${listed([...last.keys()])}` };
  }
  const stated: unknown = JSON.parse(checksum);
  if (typeof stated !== 'string')
    return { ok: false, reason: `expected the checksum as text, found ${checksum.slice(0, 80)}` };
  const actual = sha256(raw);
  if (stated !== actual) {
    return {
      ok: false,
      reason: `checksum mismatch: the record says ${short(stated)}, its data gives ${short(actual)}`,
    };
  }
  const data = JSON.parse(raw) as Json;
  if (!isWritable(data)) return { ok: false, reason: 'it holds a number that is too large to be written' };
  const mayday = readMayday(last.get('mayday'));
  return { ok: true, data, raw, ...(mayday === undefined ? {} : { mayday }) };
}

/** Whether every number is finite: `1e999` is read as infinity and would be written as null. */
function isWritable(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isWritable);
}

const TEXTS = ['id', 'run', 'experiment', 'by', 'host', 'at'] as const;
const OPTIONAL = ['expires', 'managedBy', 'injected', 'absent', 'uid', 'sig'] as const;

/** The facts in `text`; undefined if they are missing, malformed or of another version. */
export function readMayday(text: string | undefined): MaydayFacts | undefined {
  if (text === undefined) return undefined;
  const value = isTooDeep(text) ? undefined : (parsedJson(text) as Json | undefined);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value.v !== 1) return undefined;
  const required = TEXTS.every(name => typeof value[name] === 'string');
  const optional = OPTIONAL.every(name => value[name] === undefined || typeof value[name] === 'string');
  if (!required || !optional) return undefined;
  const { owners, ...facts } = value;
  return { ...facts, ...(areOwners(owners) ? { owners } : {}) } as unknown as MaydayFacts;
}

const short = (hash: string) => (hash.length > 12 ? `${hash.slice(0, 12)}…` : `"${hash}"`);
const listed = (names: string[]) => {
  const shown = names.slice(0, 8).map(name => `"${name.slice(0, 40)}"`);
  return names.length === 0 ? 'none' : `${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`;
};
