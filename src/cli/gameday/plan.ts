import { issueLine } from '../../experiment/report.ts';
import type { By } from '../../gameday/journal/record.ts';
import { type Plan, type PlanReading, readPlan } from '../../gameday/plan/read-plan.ts';
import { readRegular } from '../../host/disk/regular.ts';
import type { CleanIssue } from '../../text/issue.ts';
import { suggestion } from '../../text/issue.ts';
import { CommandFailure } from '../failure.ts';

/** Reads a plan from the disk. A file that cannot be read is a usage failure. */
export function readPlanFile(path: string): PlanReading {
  const reading = readRegular(path);
  if (reading.is === 'text') return readPlan(reading.text, path);
  const why = reading.is === 'missing' ? 'found nothing' : `found: ${reading.why}`;
  throw new CommandFailure(`expected a plan of a game-day at ${path}, ${why}`);
}

/** A failure with the first issue of a plan, and how many more there are. */
export function planFailure(path: string, issues: readonly CleanIssue[]): CommandFailure {
  const [first, ...more] = issues;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more: \`mayday gameday validate ${path}\`)`;
  return new CommandFailure(`${path}: ${first === undefined ? 'no plan' : issueLine(first)}${rest}`);
}

/** The person at this console: the one that `--person` names, else the owner of the day. */
export function personOf({ day }: Plan, asked: unknown): By {
  const { people } = day.spec;
  const found =
    typeof asked === 'string' ? people.find(({ name }) => name === asked) : people.find(({ role }) => role === 'owner');
  if (found !== undefined) return { name: found.name, role: found.role };
  const names = people.map(({ name }) => name);
  throw new CommandFailure(
    `expected --person to be one of ${names.join(', ')}, found ${String(asked)}${suggestion(String(asked), names)}`,
  );
}
