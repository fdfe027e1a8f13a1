import type { ReactNode } from 'react';
import { proofText } from '../../injection/write/receipt.ts';
import { FLIP_HEAD, flipRows, momentText, objectText, recoveryText, spanText } from '../formats/report-texts.ts';
import type { Scenario } from '../model.ts';
import { Table } from './table.tsx';
import { Timeline } from './timeline.tsx';

/** Everything about one run. */
export function ScenarioCard({ scenario, id }: { scenario: Scenario; id: string }) {
  const { compat, effect, hypothesis, retest, run, record } = scenario;
  const name = scenario.title ?? scenario.name;
  const span = spanText({ from: scenario.startedAt, to: scenario.endedAt });
  return (
    <article className={scenario.verdict} id={id}>
      <h3>
        {name} <span className="verdict">{scenario.verdict}</span>
      </h3>
      {hypothesis === undefined ? null : <blockquote>{hypothesis}</blockquote>}
      {scenario.residue ? <p className="bad">{scenario.residue} not proven restored: mayday revert --all</p> : null}
      <Lines lines={scenario.reasons} />
      {compat === undefined ? null : (
        <p className="dim">
          The framework would say {compat.verdict}: {compat.why}
        </p>
      )}
      <Timeline moments={scenario.moments} name={name} />
      <Facts scenario={scenario} />
      {effect === undefined ? null : (
        <p>
          <strong>Effect {effect.state}.</strong> {effect.evidence.join('; ')}
        </p>
      )}
      <Lines lines={scenario.collateral.map(object => `Harm outside the target: ${object}`)} tone="bad" />
      <Lines lines={scenario.tripped.map(({ condition, says }) => `Tripped: ${condition}: ${says}`)} tone="warn" />
      <Lines lines={scenario.blind.map(line => `BLIND: ${line}`)} tone="warn" />
      <details open>
        <summary>Intervals, checks and receipts</summary>
        <Table
          head={['', 'moment', 'after the injection']}
          rows={scenario.moments.map(moment => [
            moment.id.length === 2 ? moment.id : '',
            moment.name,
            momentText(moment),
          ])}
        />
        <Table head={FLIP_HEAD} rows={flipRows(scenario)} />
        <Table
          head={['check', 'expected', 'before', 'at the end', '']}
          rows={scenario.checks.map(check => [
            check.name,
            check.expected,
            check.before ?? '',
            check.after ?? '',
            <Sign key="ok" isOk={check.ok} yes="ok" no="NOT OK" />,
          ])}
        />
        <Table
          head={['receipt', 'outcome', 'read back', 'what']}
          rows={scenario.receipts.map(receipt => [
            objectText(receipt.object),
            receipt.outcome,
            <Sign key="ok" isOk={receipt.verified} yes={proofText(receipt)} no="NOT verified" />,
            receipt.message,
          ])}
        />
      </details>
      {retest === undefined ? null : (
        <p>
          Again: <code>{retest}</code>
        </p>
      )}
      <p className="dim">
        {[span, run === undefined ? undefined : `run ${run}`, record].filter(Boolean).join(' · ')}
        {scenario.tool === 'operator-chaos'
          ? 'Recorded by the framework, which keeps no times, no receipts and no parameters.'
          : ''}
      </p>
    </article>
  );
}

function Sign({ isOk, yes, no }: { isOk: boolean; yes: string; no: string }) {
  return <span className={isOk ? 'ok' : 'bad'}>{isOk ? yes : no}</span>;
}

function Facts({ scenario }: { scenario: Scenario }) {
  const { type, parameters = {}, operator, component, resource, people } = scenario;
  const rows: [string, ReactNode][] = [
    ['Recovery', recoveryText(scenario)],
    ...(type
      ? [
          ['Fault', [type, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)].join(' ')] as [
            string,
            string,
          ],
        ]
      : []),
    ...(operator ? [['Target', [operator, component, resource].filter(Boolean).join(' / ')] as [string, string]] : []),
    ...(people?.outcome ? [['People say', people.outcome] as [string, string]] : []),
    ...(people?.detected ? [['Detected by', people.detected] as [string, string]] : []),
    ...(people?.mitigated === undefined ? [] : [['Mitigated', people.mitigated ? 'yes' : 'no'] as [string, string]]),
  ];
  return <Table head={[]} rows={rows} />;
}

function Lines({ lines, tone }: { lines: readonly string[]; tone?: 'bad' | 'warn' }) {
  if (lines.length === 0) return null;
  return (
    <ul className={tone}>
      {[...new Set(lines)].map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
