import { type Context, notify, stream } from './context.ts';

/** Shows settings that cannot be used: one notice, and a line for each in the stream, where it stays. */
export function noteProblems(context: Context, problems: readonly string[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const at = context.now().server;
  stream(
    context,
    problems.map(text => ({ at, text: `config      ${text}`, tone: 'warn' })),
  );
  const more = problems.length > 1 ? ` (${problems.length - 1} more in the stream)` : '';
  notify(context, `configuration: ${first}${more}`, 'warn', 20_000);
}
