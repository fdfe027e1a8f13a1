import { CommandFailure } from '../failure.ts';
import { type GlobalOptions, isOtherForm, type OtherForm } from '../globals.ts';

/** Throws a usage failure where the command does not support the output form. */
export function refuseForm(name: string, output: GlobalOptions['output'], forms: readonly OtherForm[] = []): void {
  if (!isOtherForm(output) || forms.includes(output)) return;
  const known = ['text', 'json', 'yaml', 'jsonl', ...forms];
  throw new CommandFailure(
    `expected -o ${known.slice(0, -1).join(', ')} or ${known.at(-1)}, found ${output}: ${name} writes no ${WORDS[output]}`,
  );
}

const WORDS: Readonly<Record<OtherForm, string>> = {
  md: 'Markdown',
  html: 'HTML',
  junit: 'JUnit XML',
  csv: 'CSV',
  'operator-chaos': "results in the framework's shape",
};
