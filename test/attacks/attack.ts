import type { Stage } from '../e2e/journeys/stage.ts';
import type { Ended } from '../e2e/providers/kubectl.ts';

/** One rule of a Role, as Kubernetes has it. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A rule for one kind of objects. */
export const may = (group: string, resource: string, ...verbs: string[]): Rule => ({
  apiGroups: [group],
  resources: [resource],
  verbs,
});

/** What the attacker may do, and nothing else. */
export interface AttackerRights {
  /** In the namespace of the scene. */
  readonly here?: readonly Rule[];
  /** In the namespace `default`, where latch, locks and namespace backups are. */
  readonly inDefault?: readonly Rule[];
  /** In the whole cluster. */
  readonly everywhere?: readonly Rule[];
}

/** The stage of an attack: the stage of an admin, and beside it the attacker. */
export interface Scene extends Stage {
  /** Names objects outside the namespace so that no two attacks meet; the namespace's own name. */
  readonly id: string;
  /** kubectl with the attacker's rights, in the namespace of the scene; rejects when it is refused. */
  attacker(words: readonly string[], input?: string): Promise<string>;
  /** Creates these objects as the attacker. Those that name a namespace go there. */
  plant(...objects: Record<string, unknown>[]): Promise<void>;
  /** kubectl as the admin, in no particular namespace. */
  admin(words: readonly string[], input?: string): Promise<string>;
  /** The object as the admin sees it; undefined where it is not there. `words` as after `kubectl get`. */
  look(...words: string[]): Promise<Record<string, unknown> | undefined>;
}

/** Somebody with few rights, or with a file, a server or a variable, tries to get something done by somebody who may. */
export interface Attack {
  /** What it tries, in a few plain words: `a namespaced webhook configuration out of a backup Secret`. */
  readonly name: string;
  /** Nothing but the judgement of records keeps it from gaining: with `--careless`, without that judgement, it must gain. */
  readonly byRecord?: boolean;
  /** None for attacks by file, server or environment. */
  readonly rights?: AttackerRights;
  /** What is there before the attacker comes, made by the admin. */
  prepare?(scene: Scene): Promise<void>;
  /** What the attacker does, with no rights but his own. It must succeed: an attack that cannot be planted proves nothing. */
  plant(scene: Scene): Promise<void>;
  /** What the privileged person or program does then; `acts.ts` has the usual ones. */
  act(scene: Scene): Promise<Ended>;
  /** What the attacker got by it, in a few words; undefined when nothing. Throws where it cannot be told. */
  gained(scene: Scene, ended: Ended): Promise<string | undefined>;
  /** Takes away what does not go with the namespace. */
  tidy?(scene: Scene): Promise<void>;
}
