import type { SandboxClient } from '../context.ts';
import type { Parts } from '../controllers/parts.ts';
import type { NewObject } from '../object.ts';
import type { Operator } from '../operators/operator.ts';
import type { Seeder } from '../world/seeder.ts';

/** Options of a scenario, as given after its name: `ten-thousand-pods:churn=100`. */
export type ScenarioOptions = Readonly<Record<string, string>>;

/** A state of the world to begin in. */
export interface Scenario {
  name: string;
  /** One line for a list. */
  summary: string;
  /** The operators as they are installed here; as in the catalogue when absent. */
  operators?(all: readonly Operator[]): readonly Operator[];
  /** Changes the seeded objects before anything runs. */
  prepare?(seeder: Seeder, options: ScenarioOptions): void;
  /** Activity that goes on while the sandbox runs. */
  run?(parts: Parts, options: ScenarioOptions): void;
  /**
   * What happened before the start: the sandbox simulates it, from that long ago until now, before it serves
   * requests.
   */
  past?: { minutes: number; play(stage: Stage): Promise<void> };
}

/** The cluster in the past of a scenario, and the means to change it. */
export interface Stage {
  /** The API for the administrator. */
  admin: SandboxClient;
  parts: Parts;
  /** What Git holds for each Argo CD Application. */
  git: Map<string, readonly NewObject[]>;
  /** Lets so many seconds of sandbox time pass. */
  wait(seconds: number): Promise<void>;
}

/** Splits `name:key=value,key=value`. */
export function parseScenario(text: string): { name: string; options: ScenarioOptions } {
  const [name = '', rest = ''] = text.split(':', 2);
  const pairs = rest
    .split(',')
    .filter(Boolean)
    .map(pair => {
      const [key = '', value = 'true'] = pair.split('=', 2);
      return [key, value] as const;
    });
  return { name, options: Object.fromEntries(pairs) };
}
