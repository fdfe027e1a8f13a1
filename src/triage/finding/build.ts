import type { ViewObject } from '../../health/view/cluster-view.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { CELL_LENGTH, type Clean, sanitise } from '../../text/sanitise.ts';
import type { Cause, Finding, Fix, Severity } from './finding.ts';

/** One fix in plain strings. A command is unsafe when no opposite command undoes it. */
export interface FixDraft {
  text: string;
  /** From `command()`. */
  command?: string;
  /** True by default. */
  safe?: boolean;
}

/** A finding in plain strings, as rules yield it; list items that are false or undefined are left out. */
export interface FindingDraft {
  severity: Severity;
  object: ViewObject | ObjectRef;
  summary: string;
  since?: Finding['since'] | undefined;
  evidence?: readonly (string | false | undefined)[];
  cause?: string | undefined;
  fixes?: readonly (FixDraft | false | undefined)[];
  because?: readonly (Cause | false | undefined)[];
  explains?: readonly Cause[];
}

/** A draft with the id of its rule, `area/what`. */
export type Draft = FindingDraft & { rule: string };

/** The maximum number of evidence lines of a finding. */
const MOST_EVIDENCE = 40;

/** Makes a finding from a draft. Findings are made only here, so that all their text is sanitised. */
export function finding(draft: Draft): Finding {
  const evidence = kept(draft.evidence).map(line => sanitise(line));
  const more = evidence.length - MOST_EVIDENCE;
  return {
    rule: draft.rule,
    severity: draft.severity,
    object: refOf(draft.object),
    summary: sanitise(draft.summary),
    ...(draft.since !== undefined && Number.isFinite(draft.since.at) ? { since: draft.since } : {}),
    evidence: more > 0 ? [...evidence.slice(0, MOST_EVIDENCE), sanitise(`and ${more} more lines`)] : evidence,
    ...(draft.cause ? { cause: sanitise(draft.cause) } : {}),
    fixes: kept(draft.fixes).map(fixOf),
    because: kept(draft.because).map(cleanCause),
    ...(draft.explains && draft.explains.length > 0 ? { explains: draft.explains.map(cleanCause) } : {}),
  };
}

const kept = <T>(list: readonly (T | false | undefined)[] | undefined): T[] =>
  (list ?? []).filter((each): each is T => each !== undefined && each !== false && each !== '');

function fixOf({ text, command, safe }: FixDraft): Fix {
  const line = command === undefined ? undefined : sanitise(command);
  // A command that the sanitiser changed would not do what the text says, so it is left out.
  const isWhole = line !== undefined && line === command;
  return { text: sanitise(text), ...(isWhole ? { command: line } : {}), safe: safe ?? true };
}

const cleanCause = ({ kind, namespace, name, rule }: Cause): Cause => ({
  kind: cell(kind),
  ...(namespace ? { namespace: cell(namespace) } : {}),
  name: cell(name),
  ...(rule === undefined ? {} : { rule }),
});

/** The reference to an object of the view, or to any other object, in sanitised text. */
export function refOf(object: ViewObject | ObjectRef): ObjectRef {
  const { namespace, name, uid } = 'metadata' in object ? object.metadata : object;
  return {
    apiVersion: cell(object.apiVersion),
    kind: cell(object.kind),
    ...(namespace ? { namespace: cell(namespace) } : {}),
    name: cell(name),
    ...(uid ? { uid: cell(uid) } : {}),
  };
}

const cell = (text: string): Clean => sanitise(text, CELL_LENGTH);
