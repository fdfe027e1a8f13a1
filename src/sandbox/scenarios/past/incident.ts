import type { Seeder } from '../../world/seeder.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { putShop } from '../shop.ts';

/** Something that a person did, or that happened, to a cluster that was well until then. */
export interface Happening {
  name: string;
  summary: string;
  /** What has been there for long. */
  before?(seeder: Seeder): void;
  play(stage: Stage): Promise<void>;
}

/** Longer than every deadline of a rollout. */
const MINUTES_AGO = 13;

/** A scenario in which these things happened 13 minutes ago, one after the other. */
export function scenarioOf(name: string, summary: string, happenings: readonly Happening[]): Scenario {
  return {
    name,
    summary,
    prepare(seeder) {
      putShop(seeder);
      for (const happening of happenings) happening.before?.(seeder);
    },
    past: {
      minutes: MINUTES_AGO,
      async play(stage) {
        for (const happening of happenings) await happening.play(stage);
      },
    },
  };
}

/** A Happening as a scenario of its own. */
export const alone = (happening: Happening): Scenario => scenarioOf(happening.name, happening.summary, [happening]);
