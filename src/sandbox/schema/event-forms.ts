import type { KubeObject } from '../object.ts';

/** What a field of an Event is called in the core group, in which Events are stored, and in events.k8s.io. */
const NAMES: readonly (readonly [core: string, other: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];
const OTHER = new Map(NAMES);
const CORE = new Map(NAMES.map(([core, other]) => [other, core]));

/** Fields that the core form always has. */
const ALWAYS = {
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
};
/** Fields that the other form leaves out when they are empty. */
const OMITTED = new Set(['reportingController', 'reportingInstance', 'reason', 'note']);

/** A stored Event as events.k8s.io shows it. */
export function eventInOtherGroup(event: KubeObject, apiVersion: string): KubeObject {
  const shown = renamed(event, OTHER).filter(([name, value]) => value !== '' || !OMITTED.has(name));
  return { ...Object.fromEntries(shown), apiVersion } as unknown as KubeObject;
}

/** An Event as it is stored, through whichever group it was written. */
export function eventInCoreGroup(event: KubeObject): KubeObject {
  return { ...ALWAYS, ...Object.fromEntries(renamed(event, CORE)), apiVersion: 'v1' } as unknown as KubeObject;
}

const renamed = (event: KubeObject, names: ReadonlyMap<string, string>): [string, unknown][] =>
  Object.entries(event).map(([name, value]) => [names.get(name) ?? name, value]);
