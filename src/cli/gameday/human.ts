import type { Decision, EndedScenario, Human } from '../../gameday/day/human.ts';
import type { Day } from '../../gameday/day/order.ts';
import { STOPPED_ITEM } from '../../gameday/day/stopped-item.ts';
import { outcomeOf } from '../../gameday/day/unattended.ts';
import type { By, Outcome } from '../../gameday/journal/record.ts';
import { prompted } from '../confirm.ts';

const DECISIONS: Readonly<Record<string, Decision>> = {
  go: 'go',
  g: 'go',
  skip: 'skip',
  s: 'skip',
  stop: 'stop',
  check: 'check',
  c: 'check',
  look: 'check',
  l: 'check',
};
const OUTCOMES: Readonly<Record<string, Outcome['outcome']>> = { p: 'passed', f: 'failed', u: 'unsure' };

/** Asks a person at a terminal, line by line. The end of input counts as `stop`, never as yes. */
export function attended(by: By, day: Day, line: (text: string) => void): Human {
  return {
    async next({ scenario, hypothesis }, { ok, items }, signal) {
      line(`next: ${scenario.name}   hypothesis: ${hypothesis}`);
      if (items.some(item => item.name === STOPPED_ITEM && !item.ok)) return unlatchOrStop(by, day, signal);
      const choices = ok ? 'go, skip, check again or stop' : 'check again, skip or stop';
      return asked(
        `${scenario.name}: ${choices}?`,
        ok ? DECISIONS : { ...DECISIONS, go: 'check', g: 'check' },
        'stop',
        signal,
      );
    },
    async byHand({ scenario }, signal) {
      line(`by hand: ${scenario.byHand ?? ''}`);
      await prompted('enter when it is over', signal);
    },
    outcome: async (_, ended, signal) => ({ ...(await outcome(ended, signal)), by }),
  };
}

async function unlatchOrStop(by: By, day: Day, signal: AbortSignal): Promise<Decision> {
  if (by.role !== 'owner') return 'stop';
  const isOn = await asked(
    `${day.latched() ?? ''}. Continue the day? (yes/no)`,
    { yes: true, no: false },
    false,
    signal,
  );
  return isOn && (await day.unlatch(by)) ? 'check' : 'stop';
}

async function outcome(ended: EndedScenario, signal: AbortSignal): Promise<Outcome> {
  const fromVerdicts = outcomeOf(ended);
  const what = await asked('passed, failed or unsure? (p/f/u)', OUTCOMES, undefined, signal);
  // Without an answer the outcome follows from the verdicts, and nothing is said about who noticed the fault.
  if (what === undefined) return fromVerdicts;
  const by = await prompted('detected by whom? (enter: nobody)', signal);
  const mitigated = await asked(
    'mitigated by people or by the system? (y/n)',
    { y: true, n: false },
    undefined,
    signal,
  );
  const name = by?.trim() ?? '';
  return {
    outcome: what,
    ...(name === '' ? { detected: false } : { detected: true, detectedBy: name }),
    ...(mitigated === undefined ? {} : { mitigated }),
  };
}

/** Asks until one of the answers is given; an end of input or an abort is `otherwise`. */
async function asked<T>(
  question: string,
  answers: Readonly<Record<string, T>>,
  otherwise: T,
  signal: AbortSignal,
): Promise<T>;
async function asked<T>(
  question: string,
  answers: Readonly<Record<string, T>>,
  otherwise: T | undefined,
  signal: AbortSignal,
): Promise<T | undefined>;
async function asked<T>(
  question: string,
  answers: Readonly<Record<string, T>>,
  otherwise: T | undefined,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (;;) {
    const answer = (await prompted(question, signal))?.trim().toLowerCase();
    if (answer === undefined) return otherwise;
    if (Object.hasOwn(answers, answer)) return answers[answer] as T;
  }
}
