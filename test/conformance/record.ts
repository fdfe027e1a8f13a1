/**
 * Records a real API server: the facts the sandbox is built on, and its answers to the corpus.
 * `npm run conformance:record [-- --kubeconfig FILE] [--answers] [--into FOLDER]`; without a kubeconfig it starts a server
 * of its own, with `--answers` it leaves the facts as they are, with `--into` it leaves the project as it is.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CORPUS } from './corpus/index.ts';
import { discoveryFacts, rbacFacts, schemaFacts, tableFacts, versionFacts } from './facts.ts';
import { type RecordedAnswer, writeRecorded } from './recorded.ts';
import { realServer } from './servers.ts';
import { answersTo } from './session.ts';
import type { Target } from './target.ts';

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, answers: { type: 'boolean' }, into: { type: 'string' } },
});
const { into } = values;
if (into !== undefined) mkdirSync(into, { recursive: true });
const facts = into ?? fileURLToPath(new URL('../../src/sandbox/recorded/', import.meta.url));

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function write(name: string, fact: unknown, indent = 0): void {
  const path = join(facts, name);
  writeFileSync(path, `${JSON.stringify(fact, null, indent)}\n`);
  print(`wrote ${path}`);
}

/** Field numbers of the protobuf form are in no document of a server: `protobuf.json` stays as it is. */
async function recordFacts(target: Target): Promise<void> {
  const discovery = await discoveryFacts(target);
  write('discovery.json', discovery);
  write('schemas.json', await schemaFacts(target));
  write('rbac.json', await rbacFacts(target));
  write('tables.json', await tableFacts(target, discovery));
  write('version.json', await versionFacts(target), 1);
}

async function recordAnswers(target: Target): Promise<void> {
  const lines: RecordedAnswer[] = [];
  for (const scenario of CORPUS) {
    const { answers, stopped } = await answersTo(target, scenario);
    if (stopped) throw new Error(`${scenario.name}: ${stopped}`);
    for (const [step, answer] of answers) lines.push({ scenario: scenario.name, step, ...answer });
  }
  print(`wrote ${lines.length} answers to ${writeRecorded(lines, into && join(into, 'answers.jsonl'))}`);
}

const server = await realServer(values.kubeconfig);
try {
  if (!values.answers) await recordFacts(server.target);
  await recordAnswers(server.target);
} finally {
  await server.stop();
}
