/**
 * Sends the corpus to the sandbox and to a real API server and says where they differ.
 * `node test/conformance/main.ts [--kubeconfig FILE] [SCENARIO…]`; without a kubeconfig it starts a server of its own.
 */
import { parseArgs } from 'node:util';
import { noControlPlane } from '../cluster/skip.ts';
import { differences } from './compare.ts';
import { CORPUS } from './corpus/index.ts';
import { figureOf } from './figure.ts';
import { type Judged, judge } from './judge.ts';
import { readRecorded } from './recorded.ts';
import { realServer, startSandboxServer } from './servers.ts';
import { answersTo } from './session.ts';
import type { Answer, Scenario } from './step.ts';
import type { Target } from './target.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const MOST_LINES = 8;

/** The first few lines. */
const shown = (lines: readonly string[]): readonly string[] =>
  lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];

const recorded = readRecorded();

/** The steps to which the server answers otherwise now than when it was recorded. */
const staleAnswers = ({ name, steps }: Scenario, answers: ReadonlyMap<string, Answer>): string[] =>
  steps
    .map(step => step.name)
    .filter(step => {
      const [now, then] = [answers.get(step), recorded.get(name)?.get(step)];
      return now !== undefined && (then === undefined || differences(now, then).length > 0);
    });

async function compare(scenario: Scenario, real: Target, sandbox: Target): Promise<Judged[]> {
  const [truth, found] = await Promise.all([answersTo(real, scenario), answersTo(sandbox, scenario)]);
  if (truth.stopped) print(`${scenario.name}: the real server stopped it: ${truth.stopped}`);
  if (found.stopped) print(`${scenario.name}: the sandbox stopped it: ${found.stopped}`);
  const stale = staleAnswers(scenario, truth.answers);
  if (stale.length > 0) print(`${scenario.name}: recorded otherwise: ${stale.join(', ')}`);
  return scenario.steps.map(({ name }) => judge(scenario.name, name, truth.answers.get(name), found.answers.get(name)));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { kubeconfig: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.kubeconfig === undefined && noControlPlane) {
    print(noControlPlane);
    return;
  }
  const scenarios = CORPUS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const [real, sandbox] = await Promise.all([realServer(values.kubeconfig), startSandboxServer()]);
  try {
    const judged: Judged[] = [];
    for (const scenario of scenarios) {
      const results = await compare(scenario, real.target, sandbox.target);
      for (const { step, differs } of results.filter(result => result.differs.length > 0))
        for (const line of shown(differs)) print(`${scenario.name}/${step}: ${line}`);
      for (const fault of sandbox.faults()) print(`${scenario.name}: fault in the sandbox: ${fault}`);
      judged.push(...results);
    }
    const { line, different } = figureOf(judged);
    print(line);
    if (different > 0) process.exitCode = 1;
  } finally {
    await Promise.all([real.stop(), sandbox.stop()]);
  }
}

await main();
