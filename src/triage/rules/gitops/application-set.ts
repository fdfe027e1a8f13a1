import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { quoted } from '../../facts/fields.ts';
import { conditionIs, lastingConditions } from '../../facts/lasting.ts';
import { refOf } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { engineCauses } from './engine.ts';
import { argoAdvice } from './refusal-advice.ts';

const USUAL_WAIT_MS = 2 * 60_000;

/** An ApplicationSet of Argo CD that cannot generate its applications. */
export const applicationSetFails: Rule = {
  id: 'gitops/application-set',
  gate: 'G6',
  needs: ['ApplicationSet'],
  wants: ['Deployment', 'StatefulSet'],
  about: {
    looksAt: 'The condition ErrorOccurred of ApplicationSets.',
    why: 'New applications of the set are not created, and existing ones are no longer updated.',
    whatToDo: 'Correct the generator or the template as the message says, or the credentials of the repository.',
  },
  *look(looking) {
    const { view } = looking;
    const failing = (set: ViewObject) => conditionIs(set, 'ErrorOccurred', 'True');
    for (const { object: set, found: failed, since } of lastingConditions(
      looking,
      ['ApplicationSet'],
      failing,
      USUAL_WAIT_MS,
    )) {
      const advice = argoAdvice(failed.message);
      yield {
        severity: 'high',
        object: set,
        summary: `the application set cannot generate its applications: ${advice?.why ?? failed.message.slice(0, 200)}`,
        since,
        evidence: [quoted(failed)],
        cause: failed.message,
        fixes: [
          {
            text: advice?.fix ?? 'Correct the generator or the template of the set as the message says.',
            command: command(view, ['kubectl', 'edit', ...named(refOf(set))]),
          },
        ],
        because: engineCauses(view),
      };
    }
  },
};
