import { createNormaliser } from './normal.ts';
import { play } from './play.ts';
import type { Answer, Scenario } from './step.ts';
import type { Target } from './target.ts';

/** The normalised answers to a scenario, by step; what stopped it, where it did not come to its end. */
export interface Played {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly stopped?: string;
}

/** Plays a scenario on a server and normalises its answers. */
export async function answersTo(target: Target, scenario: Scenario): Promise<Played> {
  const { normal } = createNormaliser();
  const answers = new Map<string, Answer>();
  try {
    await play(target, scenario, (step, answer) => answers.set(step.name, normal(step, answer)));
    return { answers };
  } catch (error) {
    return { answers, stopped: (error as Error).message };
  }
}
