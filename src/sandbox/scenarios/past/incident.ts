import type { Seeder } from '../../world/seeder.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { putShop } from '../shop.ts';

/** Something that went wrong in a cluster that was healthy until then. */
export interface Incident {
  name: string;
  summary: string;
  /** Sets up objects that have existed for a long time. */
  before?(seeder: Seeder): void;
  play(stage: Stage): Promise<void>;
}

/** When the incidents happened: longer ago than every rollout deadline. */
const MINUTES_AGO = 13;

/** A scenario in which these incidents happened 13 minutes ago, one after the other. */
export function scenarioFrom(name: string, summary: string, incidents: readonly Incident[]): Scenario {
  return {
    name,
    summary,
    prepare(seeder) {
      putShop(seeder);
      for (const incident of incidents) incident.before?.(seeder);
    },
    past: {
      minutes: MINUTES_AGO,
      async play(stage) {
        for (const incident of incidents) await incident.play(stage);
      },
    },
  };
}

/** A scenario of one incident. */
export const singleIncident = (incident: Incident): Scenario =>
  scenarioFrom(incident.name, incident.summary, [incident]);
