import {
  baselineText,
  changeText,
  countsText,
  dayEndText,
  figureText,
  recoveryText,
  spanText,
  timeText,
  whereText,
} from '../formats/report-texts.ts';
import type { Report } from '../model.ts';
import { ScenarioCard } from './scenario.tsx';
import { STYLE } from './style.ts';
import { Table } from './table.tsx';

/** The page may load and run nothing from elsewhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole report as one page. */
export function Page({ report }: { report: Report }) {
  const { title, day, figures, notRun, problems } = report;
  const span = spanText(report);
  const baseline = baselineText(report);
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta httpEquiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>{title}</title>
        <style>{STYLE}</style>
      </head>
      <body>
        <h1>{title}</h1>
        {day ? <p>{day.objective}</p> : null}
        <p>
          <strong>{countsText(report)}</strong>
        </p>
        <p className="dim">
          {span}
          {report.where.map(where => (
            <span key={whereText(where)}>
              <br />
              {whereText(where)}
            </span>
          ))}
        </p>
        {day ? (
          <p className="dim">People: {day.people.map(({ name, role }) => `${name} (${role})`).join(', ')}</p>
        ) : null}
        {dayEndText(day) === undefined ? null : <p>{dayEndText(day)}</p>}
        {baseline === undefined ? null : <p>Before and after: {baseline}</p>}
        <Items items={day?.baseline.left ?? []} />
        <Findings report={report} />
        <Compared report={report} />
        {figures.length === 0 ? null : (
          <section>
            <h2>Times</h2>
            <Table head={['what', 'measured']} rows={figures.map(figure => [figure.name, figureText(figure)])} />
          </section>
        )}
        <Scenarios report={report} />
        <Listed title="Not run" items={notRun.map(({ name, says }) => `${name}: ${says}`)} />
        <Listed title="Notes" items={notesOf(report)} />
        <Listed title="Could not be read" items={problems} />
        <p className="dim">
          Made {timeText(report.madeAt)} by {report.madeBy}
        </p>
      </body>
    </html>
  );
}

const TONES: Record<string, string> = {
  regressed: 'bad',
  slower: 'warn',
  'not-run': 'warn',
  improved: 'ok',
  faster: 'ok',
};

function Compared({ report: { comparison } }: { report: Report }) {
  if (comparison === undefined) return null;
  return (
    <section>
      <h2>Compared with {comparison.with}</h2>
      <Table
        head={['scenario', 'change', 'before → now']}
        rows={comparison.changes.map(change => [
          change.name,
          <span key="change" className={TONES[change.change]}>
            {change.change}
          </span>,
          changeText(change),
        ])}
      />
    </section>
  );
}

/** The table of all scenarios, then each in full. */
function Scenarios({ report: { scenarios } }: { report: Report }) {
  return (
    <section>
      <h2>Scenarios</h2>
      <Table
        head={['scenario', 'fault', 'verdict', 'recovery', 'remain']}
        rows={scenarios.map((scenario, index) => [
          <a key="name" href={`#s${index}`}>
            {scenario.title ?? scenario.name}
          </a>,
          scenario.type ?? 'by hand',
          <span key="verdict" className={`verdict ${scenario.verdict}`}>
            {scenario.verdict}
          </span>,
          recoveryText(scenario),
          scenario.residue ?? 'not known',
        ])}
      />
      {scenarios.map((scenario, index) => (
        <ScenarioCard
          key={`${scenario.run} ${scenario.name} ${scenario.endedAt}`}
          scenario={scenario}
          id={`s${index}`}
        />
      ))}
    </section>
  );
}

function Findings({ report: { findings } }: { report: Report }) {
  return (
    <section>
      <h2>Findings</h2>
      {findings.length === 0 ? <p>none</p> : null}
      <Table
        head={['finding', 'scenario', 'owner', 'due', 're-test', 'command']}
        rows={findings.map(({ text, scenario, owner, due, retestOn, command }) => [
          text,
          scenario ?? '',
          owner ?? (
            <span key="owner" className="warn">
              not assigned
            </span>
          ),
          due ?? 'not set',
          retestOn ?? 'not set',
          command === undefined ? '' : <code key="command">{command}</code>,
        ])}
      />
    </section>
  );
}

const notesOf = ({ day }: Report): string[] => [
  ...(day?.notes ?? []).map(
    ({ at, by, text, tag, scenario }) =>
      `${timeText(at)} ${by}${scenario ? ` on ${scenario}` : ''}${tag ? ` [${tag}]` : ''}: ${text}`,
  ),
  ...(day?.stops ?? []).map(({ at, by, why }) => `${timeText(at)} STOPPED by ${by}: ${why}`),
];

function Listed({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <Items items={items} />
    </section>
  );
}

function Items({ items }: { items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <ul>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the page is drawn once and never changes
        <li key={index}>{item}</li>
      ))}
    </ul>
  );
}
