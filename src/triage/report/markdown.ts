import { lastedText } from '../../health/trouble.ts';
import type { Root } from '../finding/chain.ts';
import { findingId, type Triage, unsettledRoots } from '../finding/result.ts';
import { isFailure } from '../run/gate-run.ts';
import { type About, followText, nameText } from './about.ts';

// Characters in text from a cluster that a renderer could take for markup or HTML.
const MARKUP = /[\\`*_[\]<>|#~!&]/g;
const plain = (text: string): string => text.replace(MARKUP, found => `\\${found}`);

/** A code block for any text: its fence is longer than any run of backticks in it. */
function block(lines: readonly string[], language = ''): string[] {
  const longest = Math.max(2, ...lines.flatMap(line => (line.match(/`+/g) ?? []).map(({ length }) => length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** The same as the text of `mayday triage`, in Markdown, for the page of an incident. */
export function triageMarkdown({ roots, gates }: Triage, about: About): string[] {
  const broken = roots.filter(({ finding }) => isFailure(finding.severity));
  const watched = roots.filter(({ finding }) => finding.severity === 'warn');
  return [
    `# Triage of ${plain(about.context)}`,
    '',
    `${plain(about.server)}, as ${plain(about.user)}, at ${new Date(about.now).toISOString()}`,
    ...(broken.length === 0 ? ['', 'Nothing broken was found.'] : []),
    ...broken.flatMap((root, index) => rootSection(root, index + 1, about)),
    ...listSection('To watch', watched),
    ...listSection('Under way', unsettledRoots({ roots })),
    '',
    '## Gates',
    '',
    '| gate | | status | found | cannot see |',
    '|---|---|---|---|---|',
    ...gates.map(({ id, name, status, findings, blind, after, from }) =>
      [
        '',
        id,
        name,
        after === undefined ? status : `${status} (fix ${after} first)`,
        from === undefined ? findings.length : `${findings.length}, from ${from.join(', ')}`,
        blind.map(({ what, reason }) => plain(`${what}: ${reason}`)).join(', '),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ];
}

const listSection = (title: string, roots: readonly Root[]): string[] =>
  roots.length === 0
    ? []
    : [
        '',
        `## ${title}`,
        '',
        ...roots.map(({ finding }) => `- ${plain(`${nameText(finding.object)}: ${finding.summary}`)}`),
      ];

function rootSection({ finding, gate, follows }: Root, index: number, about: About): string[] {
  const since = finding.since === undefined ? '' : `, for ${lastedText(finding.since, about.now)}`;
  return [
    '',
    `## ${index}. ${plain(nameText(finding.object))}`,
    '',
    `**${finding.severity}**${since}: ${plain(finding.summary)} (\`${finding.rule}\`, ${gate}, \`${findingId(finding)}\`)`,
    ...(finding.cause === undefined ? [] : ['', `Cause: ${plain(finding.cause)}`]),
    ...(finding.evidence.length === 0 ? [] : ['', ...block(finding.evidence)]),
    ...finding.fixes.flatMap(({ text, command, safe }) => [
      '',
      `Fix${safe ? '' : ' (cannot be undone)'}: ${plain(text)}`,
      ...(command === undefined ? [] : ['', ...block([command], 'sh')]),
    ]),
    ...(follows.length === 0
      ? []
      : [
          '',
          `${followText(follows.length)} from it:`,
          '',
          ...follows.map(each => `- ${plain(`${nameText(each.finding.object)}: ${each.finding.summary}`)}`),
        ]),
  ];
}
