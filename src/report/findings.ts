import { counted } from '../text/counted.ts';
import { clean } from './clean.ts';
import type { DayPart, Finding, Scenario } from './model.ts';

/** Owner, due date and retest date for findings that have none of their own. */
export interface Assignment {
  owner?: string;
  due?: string;
  retestOn?: string;
}

/** The findings: from the scenarios, from the baseline, and from the notes that people tagged as action or finding. */
export function findingsOf(
  scenarios: readonly Scenario[],
  day: DayPart | undefined,
  assigned: Assignment = {},
): Finding[] {
  const own = scenarios.flatMap(scenario =>
    textsOf(scenario).map(text => ({
      text,
      scenario: scenario.title ?? scenario.name,
      ...(scenario.retest === undefined ? {} : { command: scenario.retest }),
    })),
  );
  const noted = (day?.notes ?? []).filter(({ tag }) => tag === 'action' || tag === 'finding').map(fromNote);
  const left = day?.baseline.left ?? [];
  const baseline =
    left.length === 0 ? [] : [{ text: `${counted(left.length, 'difference')} to the baseline after the day` }];
  return [...once(own), ...baseline, ...noted].map(finding => ({ ...assigned, ...finding }));
}

/** Joins equal findings of several runs of one scenario. */
function once(findings: readonly Finding[]): Finding[] {
  const alike = Map.groupBy(findings, ({ scenario, text }) => `${scenario} ${text}`);
  return [...alike.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [more.length === 0 ? first : { ...first, text: `${first.text} (in ${more.length + 1} runs)` }],
  );
}

function textsOf(scenario: Scenario): string[] {
  const { verdict, reasons, residue = 0, collateral, people, dryRun, interrupted } = scenario;
  const [first = 'no reason was recorded'] = reasons;
  return [
    ...(residue > 0 ? [`${residue} not proven restored: mayday revert --all`] : []),
    // A run that died and left nothing was repeated, or is listed as not run.
    ...(verdict === 'Unfinished' && scenario.residue !== 0 ? [`the run has no end: ${first}`] : []),
    ...(verdict === 'Failed' || verdict === 'Degraded' ? [`${verdict}: ${first}`] : []),
    ...(verdict === 'Inconclusive' && !dryRun && interrupted === undefined ? [`not assessed: ${first}`] : []),
    ...collateral.map(object => `harm outside the target: ${object}`),
    ...unnoticed(scenario),
    ...scenario.tripped.map(({ condition, says }) => `abort condition ${condition} tripped: ${says}`),
    ...(people?.outcome === 'failed' || people?.outcome === 'unsure' ? [`people say: ${people.outcome}`] : []),
    ...(people?.detected === 'no' ? ['people say: nobody detected it'] : []),
  ];
}

/** The finding that monitoring missed a symptom. Where monitoring did not answer, only that is said. */
function unnoticed({ moments }: Scenario): string[] {
  const has = (id: string) => moments.some(moment => moment.id === id && moment.at !== undefined);
  const detection = moments.find(({ id }) => id === 'T2');
  if (!has('T1') || has('T2')) return [];
  if (detection?.isBlind) return [`whether monitoring detected it is not known: ${detection.says ?? ''}`];
  const isAsked = detection?.name === 'detected by monitoring';
  if (isAsked) return [`no alert reported the symptom${has('T3') ? '; a person saw it' : ', and no person said so'}`];
  return has('T3') ? [] : ['a symptom that was not noticed: no Warning event, and no person said so'];
}

/** Matches `owner: alice`, `due: 2026-12-01` and `retest: 2026-12-08` anywhere in the text of a note. */
const FIELD = /\b(owner|due|retest):\s*(\S+)/gi;

function fromNote({ text, scenario }: DayPart['notes'][number]): Finding {
  const fields: Record<string, string> = {};
  const rest = text.replace(FIELD, (_, name: string, value: string) => {
    fields[name.toLowerCase()] = value.replace(/[,;]$/, '');
    return '';
  });
  return {
    text: clean(rest.replace(/\s{2,}/g, ' ').trim()) || clean(text),
    ...(scenario === undefined ? {} : { scenario }),
    ...(fields.owner === undefined ? {} : { owner: fields.owner }),
    ...(fields.due === undefined ? {} : { due: fields.due }),
    ...(fields.retest === undefined ? {} : { retestOn: fields.retest }),
  };
}
