import { issueLine } from '../experiment/report.ts';
import { counted } from '../text/counted.ts';
import type { CleanIssue } from '../text/issue.ts';
import { type Clean, cleanText, literal, sanitise } from '../text/sanitise.ts';
import type { KnowledgeFile } from './files.ts';
import type { ComponentLook, ResourceState } from './preflight.ts';

/** The JSON of `mayday validate --knowledge`; the same shape as that of experiments. */
export interface KnowledgeReport {
  files: { path: string; name: string; valid: boolean; errors: CleanIssue[]; warnings: CleanIssue[] }[];
  summary: { total: number; valid: number; invalid: number };
}

export function knowledgeReport(files: readonly KnowledgeFile[]): KnowledgeReport {
  const reports = files.map(({ path, knowledge, errors, doubts }) => {
    // The framework's own models name components of other operators as dependencies, which its check complains about.
    const isForeign = ({ path }: CleanIssue) => /\.dependencies\[\d+\]$/.test(path);
    const all = [...errors, ...doubts.filter(issue => !isForeign(issue))];
    return {
      path,
      name: knowledge?.operator.name ?? '',
      valid: all.length === 0,
      errors: all,
      warnings: doubts.filter(isForeign),
    };
  });
  const valid = reports.filter(report => report.valid).length;
  return { files: reports, summary: { total: reports.length, valid, invalid: reports.length - valid } };
}

export function knowledgeLines({ files, summary }: KnowledgeReport): Clean[] {
  const { total, valid, invalid } = summary;
  return [
    ...files.flatMap(({ path, name, valid: isValid, errors, warnings }) => [
      cleanText`${literal(isValid ? 'valid  ' : 'INVALID')} ${sanitise(path, 300)}  ${sanitise(name, 256)}`,
      ...errors.map(issue => cleanText`  error   ${issueLine(issue)}`),
      ...warnings.map(issue => cleanText`  warning ${issueLine(issue)}`),
    ]),
    sanitise(`${counted(total, 'file')}: ${valid} valid, ${invalid} invalid`),
  ];
}

/** The JSON of `mayday preflight`. */
export interface PreflightReport {
  components: ComponentLook[];
  summary: Record<ResourceState, number>;
}

const WORDS: Readonly<Record<ResourceState, string>> = {
  healthy: 'healthy  ',
  there: 'there    ',
  unhealthy: 'UNHEALTHY',
  different: 'DIFFERENT',
  missing: 'MISSING  ',
  blind: 'BLIND    ',
};

export function preflightReport(components: ComponentLook[]): PreflightReport {
  const states = components.flatMap(({ resources }) => resources.map(({ state }) => state));
  const count = (state: ResourceState): number => states.filter(one => one === state).length;
  const summary = Object.fromEntries(Object.keys(WORDS).map(state => [state, count(state as ResourceState)]));
  return { components, summary: summary as PreflightReport['summary'] };
}

export function preflightLines({ components, summary }: PreflightReport): Clean[] {
  const total = Object.values(summary).reduce((sum, count) => sum + count, 0);
  const parts = Object.entries(summary).flatMap(([state, count]) =>
    count > 0 ? [`${count} ${state === 'blind' ? 'BLIND' : state}`] : [],
  );
  return [
    ...components.flatMap(({ operator, component, path, resources }) => [
      cleanText`${operator} ${component}  (${path})`,
      ...resources.map(({ object, state, says }) =>
        sanitise(`  ${WORDS[state]}  ${object}${says === '' ? '' : `  ${says}`}`),
      ),
    ]),
    sanitise(`${counted(total, 'object')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`),
  ];
}
