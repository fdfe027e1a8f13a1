import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answer } from './step.ts';

/** What a real server answered to one step, normalised. */
export interface RecordedAnswer extends Answer {
  readonly scenario: string;
  readonly step: string;
}

const FILE = fileURLToPath(new URL('../fixtures/conformance/answers.jsonl', import.meta.url));

/** Replaces the recorded answers, one line each. Returns the file's path. */
export function writeRecorded(answers: readonly RecordedAnswer[], file = FILE): string {
  writeFileSync(file, `${answers.map(answer => JSON.stringify(answer)).join('\n')}\n`);
  return file;
}

/** The recorded answers by scenario and step. */
export function readRecorded(file = FILE): ReadonlyMap<string, ReadonlyMap<string, Answer>> {
  const found = new Map<string, Map<string, Answer>>();
  if (!existsSync(file)) return found;
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const { scenario, step, ...answer } = JSON.parse(line) as RecordedAnswer;
    const answers = found.get(scenario) ?? new Map<string, Answer>();
    answers.set(step, answer);
    found.set(scenario, answers);
  }
  return found;
}
