import type { Outcome } from '../../../gameday/journal/record.ts';
import type { DayPane, Questions } from './pane.ts';
import type { Asking } from './view.ts';

/** What people say after a scenario: its outcome, who detected it, whether it was mitigated. */
export interface OutcomeSteps {
  outcome(said: Outcome['outcome']): void;
  answer(yes: boolean, by?: 'monitoring'): void;
}

export function createOutcomeSteps({ view, update, led }: DayPane, { reply }: Questions): OutcomeSteps {
  function take(step: Partial<Outcome>): void {
    const { asking } = view();
    if (asking?.is !== 'outcome') return;
    const so = { ...asking.so, ...step };
    if (asking.step === 'outcome') update({ asking: { ...asking, so, step: 'detected' } });
    else if (asking.step === 'detected') update({ asking: { ...asking, so, step: 'mitigated' } });
    else reply({ outcome: 'unsure', ...so });
  }

  /** Who detected the fault of the scenario in question. */
  function whoOf({ scenario, so }: Extract<Asking, { is: 'outcome' }>, who: 'monitoring' | undefined): string {
    if (who === undefined) return so.detectedBy ?? led.by.name;
    const alert = view().scenarios.find(({ name }) => name === scenario)?.alert;
    return alert === undefined ? who : `${who} (alert ${alert})`;
  }

  return {
    outcome: said => take({ outcome: said }),
    answer(yes, who) {
      const { asking } = view();
      if (asking?.is !== 'outcome') return;
      if (asking.step === 'mitigated') take({ mitigated: yes });
      else take(yes ? { detected: true, detectedBy: whoOf(asking, who) } : { detected: false });
    },
  };
}
