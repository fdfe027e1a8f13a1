import { resolve } from 'node:path';
import { type WriteProblem, writePrivate } from '../../host/disk/private-file.ts';
import { problemOf, readRegular } from '../../host/disk/regular.ts';
import { VERSION } from '../../host/version.ts';
import type { Api } from '../../kube/client/api.ts';
import { jsonText } from '../../text/json.ts';
import { bundleOf } from '../../triage/bundle/bundle.ts';
import { openBundle } from '../../triage/bundle/open-bundle.ts';
import type { About } from '../../triage/report/about.ts';
import { RULES } from '../../triage/rules/index.ts';
import type { Looked } from '../../triage/run/look.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { printNotice } from '../output/notice.ts';

const LONGEST_BUNDLE = 256 * 1024 * 1024;

/** Saves a bundle to a file that only its owner may read. */
export async function saveBundle(
  file: string,
  replace: boolean,
  { looked, about, api }: { looked: Looked; about: About; api: Api },
): Promise<void> {
  const answer = await api.raw({ path: '/version' });
  const version = answer.ok ? (answer.value as { gitVersion?: unknown } | null)?.gitVersion : undefined;
  const versions = {
    mayday: VERSION,
    server: typeof version === 'string' ? version : '',
    rules: RULES.map(({ id }) => id),
  };
  const text = `${jsonText(bundleOf(looked, about, versions))}\n`;
  const path = resolve(file);
  let unwritten: WriteProblem | undefined;
  try {
    unwritten = writePrivate(path, text, { replace });
  } catch (error) {
    throw new CommandFailure(`--save: cannot write ${path}: ${problemOf(error)}`, EXIT.usage);
  }
  if (unwritten?.is === 'refused') throw new CommandFailure(`--save: ${unwritten.why} at ${path}`);
  if (unwritten)
    throw new CommandFailure(
      `--save: expected no file at ${path}, found one: name another, or replace it with --force`,
    );
  printNotice(`kept in ${path}: mayday triage --from ${path}`);
}

/** Reads a bundle from a file; throws a one-line failure where it is not one. */
export function readBundle(file: string): { looked: Looked; about: About } {
  const path = resolve(file);
  const reading = readRegular(path, LONGEST_BUNDLE);
  if (reading.is !== 'text') {
    const why = reading.is === 'missing' ? 'there is no such file' : reading.why;
    throw new CommandFailure(`--from: expected a file of \`triage --save\` at ${path}, found: ${why}`, EXIT.usage);
  }
  const opened = openBundle(reading.text);
  if ('problem' in opened)
    throw new CommandFailure(
      `--from: expected a file of \`triage --save\` at ${path}, found: ${opened.problem}`,
      EXIT.usage,
    );
  return opened;
}
