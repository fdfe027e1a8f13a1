import { nearMisses } from './facts/near-miss.ts';
import { GATES, type GateId } from './gates.ts';
import type { Rule } from './rule.ts';

/** The question of each gate, for people who follow the gates by hand. */
const QUESTIONS: Readonly<Record<GateId, string>> = {
  G0: 'Does the API server answer, is it healthy, and who am I to it?',
  G1: 'Has somebody injected a fault? On a game-day that is the likeliest cause.',
  G2: 'Are the nodes ready, and do their kubelets report?',
  G3: 'Are all APIs available, and all custom resource definitions there and established?',
  G4: 'Can requests pass admission: are the webhooks alive and the policies complete?',
  G5: 'Does the GitOps engine itself run?',
  G6: 'What does the GitOps engine say of its applications?',
  G7: 'Do the controllers run, and do they have leaders?',
  G8: 'What do the logs of what fails say?',
  G9: 'What do the workloads and the objects they need say of themselves?',
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

/** The rules by gate, in the order in which the gates are looked into. */
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
    '`mayday triage` looks into an outage gate by gate, in the order below, which is also the order to follow by hand: what an early gate',
    'finds makes what comes after it doubtful. Each gate is PASS, WARN, FAIL or BLIND. BLIND says that something could not be read, and',
    'why; it is never shown as PASS.',
    '',
    'What the gates find is then put in order of cause: a finding that another one explains is folded below it. The first is the root',
    'cause to begin with, whatever gate it was found in. Injected faults stand before everything else.',
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
