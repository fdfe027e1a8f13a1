import { nearMisses } from './facts/near-miss.ts';
import { GATES, type GateId } from './gates.ts';
import type { Rule } from './rule.ts';

/** The question that each gate answers, for people who go through the gates by hand. */
const QUESTIONS: Readonly<Record<GateId, string>> = {
  G0: 'Does the API server answer, is it healthy, and as which user does it know me?',
  G1: 'Has somebody injected a fault? On a game-day that is the most likely cause.',
  G2: 'Are the nodes ready, and do their kubelets report?',
  G3: 'Are all APIs available, and do all custom resource definitions exist and are they established?',
  G4: 'Can requests pass admission: do the webhooks answer, and are the policies complete?',
  G5: 'Is the GitOps engine itself running?',
  G6: 'What does the GitOps engine report about its applications?',
  G7: 'Are the controllers running, and do they have leaders?',
  G8: 'What do the logs of failing containers say?',
  G9: 'What is the status of the workloads, and of the objects that they need?',
};

export interface RuleChoice {
  rules: readonly Rule[];
  /** Ids or areas that were probably meant, where there are no such rules. */
  near: string[];
}

/** The rules that an id (`webhook/stale`), an area (`webhook/` or `webhook`) or a gate (`G4`) names; all without a name. */
export function chooseRules(rules: readonly Rule[], name: string | undefined): RuleChoice {
  if (name === undefined) return { rules, near: [] };
  const wanted = name.toLowerCase();
  const chosen = rules.filter(
    ({ id, gate }) =>
      id.toLowerCase() === wanted || areaOf(id) === wanted.replace(/\/$/, '') || gate.toLowerCase() === wanted,
  );
  if (chosen.length > 0) return { rules: chosen, near: [] };
  const names = rules.flatMap(({ id }) => [id, areaOf(id)]);
  const inside = rules.map(({ id }) => id).filter(id => id.split('/')[1]?.includes(wanted));
  return { rules: [], near: [...new Set([...nearMisses(name, names).map(each => each.name), ...inside])].slice(0, 5) };
}

const areaOf = (id: string): string => id.split('/')[0] ?? id;

/** The rules by gate, in the order in which the gates are examined. */
const byGate = (rules: readonly Rule[]) =>
  GATES.map(({ id, name }) => ({
    id,
    name,
    question: QUESTIONS[id],
    rules: rules.filter(({ gate }) => gate === id).sort((a, b) => (a.id < b.id ? -1 : 1)),
  }));

/** The JSON of `mayday explain`. */
export const rulesJson = (rules: readonly Rule[]) => ({
  gates: byGate(rules)
    .filter(gate => gate.rules.length > 0)
    .map(({ id, name, question, rules }) => ({
      id,
      name,
      question,
      rules: rules.map(({ id, needs, wants, about }) => ({ id, needs, wants: wants ?? [], ...about })),
    })),
});

/** One rule in full, for a terminal. */
export const ruleText = ({ id, gate, needs, wants, about }: Rule): string[] => [
  `${id}  (${gate})`,
  `  looks at    ${about.looksAt}`,
  `  why         ${about.why}`,
  `  what to do  ${about.whatToDo}`,
  ...(needs.length > 0 ? [`  needs       ${needs.join(', ')}: without them its gate is BLIND`] : []),
  ...(wants && wants.length > 0 ? [`  better with ${wants.join(', ')}`] : []),
];

/** All rules, one line each below the question of their gate. */
export function listText(rules: readonly Rule[]): string[] {
  const widest = Math.max(0, ...rules.map(({ id }) => id.length));
  return byGate(rules).flatMap(({ id, name, question, rules }) => [
    `${id} ${name}: ${question}`,
    ...rules.map(rule => `  ${rule.id.padEnd(widest)}  ${rule.about.looksAt}`),
  ]);
}

/** The text of docs/triage.md. */
export function rulesMarkdown(rules: readonly Rule[]): string {
  const lines = [
    '# Triage',
    '',
    '<!-- Written by `npm run docs` from the rules in src/triage/rules. -->',
    '',
    '`mayday triage` examines an outage gate by gate, in the order below, which is also the order to follow by hand: after a failure in an',
    'early gate, the results of later gates are doubtful. Each gate is PASS, WARN, FAIL or BLIND. BLIND means that something could not be',
    'read, and is followed by the reason; it is never shown as PASS.',
    '',
    'The findings of all gates are then sorted by cause: a finding that another one explains is listed below that one. The first finding is',
    'the root cause to begin with, whichever gate found it. Injected faults come before everything else.',
    '',
    '`mayday explain RULE` prints the same text as below.',
  ];
  for (const { id, name, question, rules: here } of byGate(rules)) {
    lines.push('', `## ${id} ${name}`, '', question);
    for (const { id, needs, about } of here) {
      lines.push('', `### ${id}`, '', `Looks at: ${about.looksAt}`, '', about.why, '', `What to do: ${about.whatToDo}`);
      if (needs.length > 0) lines.push('', `Needs: ${needs.join(', ')}.`);
    }
  }
  return `${lines.join('\n')}\n`;
}
