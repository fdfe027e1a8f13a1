import type { KubeObject } from '../k8s/object.ts';
import type { EntryEnd } from '../suite/event.ts';
import { parsedJson } from '../text/json.ts';
import { sanitise } from '../text/sanitise.ts';
import { INDEX } from './names.ts';

/** The state of a pod's work, as the pod reports it. */
type ResultState = 'waiting' | 'running' | 'done';

/** How one run ended, or its state. */
export interface RunSummary {
  experiment: string;
  run?: string;
  phase?: string;
  end?: Pick<EntryEnd, 'verdict' | 'reasons' | 'exitCode' | 'residue' | 'restoredBy'>;
  notRun?: string;
}

/** The head of a result: everything but the events and the reports. */
export interface Summary {
  v: 1;
  state: ResultState;
  /** The name of the pod, so that a result of an earlier pod is not taken for this one's. */
  pod: string;
  startedAt: string;
  updatedAt: string;
  runs: RunSummary[];
  exitCode?: number;
  /** What is missing from this result, and why. */
  missing: string[];
}

/** One line of a pod, numbered from 1. */
export interface ResultEvent {
  n: number;
  /** The line as text for people. */
  line?: string;
  [member: string]: unknown;
}

/** The content of a pod's result ConfigMap. */
export interface Result {
  index: number;
  summary?: Summary;
  events: ResultEvent[];
  /** How earlier runs of a schedule ended. */
  history: string[];
}

export const KEYS = { summary: 'summary.json', events: 'events.jsonl', report: 'report.json', history: 'history.txt' };

/** A result before its pod has begun. */
export const EMPTY_RESULT: Readonly<Record<string, string>> = { [KEYS.summary]: '', [KEYS.events]: '' };

/** Reads a result. A ConfigMap that is not a result gives an empty one. */
export function readResult(object: KubeObject): Result {
  const data = (object.data ?? {}) as Record<string, unknown>;
  const text = (key: string): string => (typeof data[key] === 'string' ? (data[key] as string) : '');
  const summary = summaryIn(text(KEYS.summary));
  return {
    index: Number(object.metadata.labels?.[INDEX] ?? 0),
    ...(summary === undefined ? {} : { summary }),
    events: text(KEYS.events)
      .split('\n')
      .flatMap(line => eventIn(line)),
    history: text(KEYS.history)
      .split('\n')
      .flatMap(line => (line.trim() === '' ? [] : [sanitise(line, 300)])),
  };
}

function summaryIn(text: string): Summary | undefined {
  const value = parsedJson(text) as Partial<Summary> | null | undefined;
  if (value?.v !== 1 || !Array.isArray(value.runs) || !Array.isArray(value.missing)) return undefined;
  if (value.state !== 'waiting' && value.state !== 'running' && value.state !== 'done') return undefined;
  return value as Summary;
}

function eventIn(line: string): ResultEvent[] {
  const value = parsedJson(line) as Partial<ResultEvent> | null | undefined;
  return typeof value?.n === 'number' ? [value as ResultEvent] : [];
}
