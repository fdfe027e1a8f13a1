import { type Draft, finding } from '../../src/triage/finding/build.ts';
import type { GatedFinding } from '../../src/triage/finding/chain.ts';
import type { Cause, Finding } from '../../src/triage/finding/finding.ts';
import type { GateId } from '../../src/triage/gates.ts';

/** A finding of a test: `what` is `Kind/namespace/name` or `Kind/name`; causes are written the same way, with `#rule` to narrow them. */
export function found(rule: string, what: string, because: string[] = [], more: Partial<Draft> = {}): Finding {
  const { kind, namespace, name } = causeOf(what);
  const object = { apiVersion: 'v1', kind, ...(namespace ? { namespace } : {}), name };
  return finding({ rule, severity: 'high', object, summary: rule, because: because.map(causeOf), ...more });
}

function causeOf(text: string): Cause {
  const [path = '', rule] = text.split('#');
  const parts = path.split('/');
  const [kind = '', namespace] = parts;
  return {
    kind,
    ...(parts.length === 3 && namespace !== undefined ? { namespace } : {}),
    name: parts.at(-1) ?? '',
    ...(rule === undefined ? {} : { rule }),
  };
}

export const at = (gate: GateId, ...findings: Finding[]): GatedFinding[] =>
  findings.map(finding => ({ finding, gate }));
