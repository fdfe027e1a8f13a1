import { differences } from './compare.ts';
import { LISTED } from './listed.ts';
import type { Answer } from './step.ts';

/** How the sandbox's answer to one request compares with the truth. */
export interface Judged {
  readonly scenario: string;
  readonly step: string;
  /** What differs and is not listed. */
  readonly differs: readonly string[];
  /** What differs and is listed. */
  readonly listed: readonly string[];
}

const about = (scenario: string, step: string) =>
  LISTED.filter(({ where }) => where.includes(`${scenario}/${step}`) || where.includes(`${scenario}/*`));

export function judge(scenario: string, step: string, truth: Answer | undefined, found: Answer | undefined): Judged {
  if (!truth || !found)
    return { scenario, step, differs: [truth ? 'the sandbox did not answer' : 'there is no true answer'], listed: [] };
  const lines = differences(truth, found);
  const isListed = (line: string) =>
    about(scenario, step).some(({ differs }) => differs?.test(line.split(' truth ')[0] ?? '') ?? true);
  return { scenario, step, differs: lines.filter(line => !isListed(line)), listed: lines.filter(isListed) };
}
