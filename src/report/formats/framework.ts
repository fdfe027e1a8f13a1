import type { Scenario } from '../model.ts';

const NS_PER_MS = 1e6;

/** One file that the framework's `report DIR` reads. */
export interface FrameworkFile {
  name: string;
  body: Record<string, unknown>;
}

/**
 * The runs as result files of the framework, so that its `report` command shows them beside its own. Members, durations (whole nanoseconds)
 * and file names follow its format. A run that did not end has no file.
 */
export function frameworkFiles(scenarios: readonly Scenario[]): FrameworkFile[] {
  const taken = new Set<string>();
  return scenarios.flatMap(scenario => {
    if (scenario.verdict === 'Unfinished' || scenario.tool === 'by hand') return [];
    const at = new Date(scenario.endedAt ?? scenario.startedAt ?? 0);
    return [{ name: fileName(scenario.name, at, taken), body: bodyOf(scenario, at) }];
  });
}

/** `<experiment>-<YYYYMMDD-HHMMSS>.json`, with a number for a second one of the same second, which the framework would overwrite. */
function fileName(experiment: string, at: Date, taken: Set<string>): string {
  const stamp = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const base = `${experiment.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')}-${stamp}`;
  let name = `${base}.json`;
  for (let nth = 2; taken.has(name); nth += 1) name = `${base}-${nth}.json`;
  taken.add(name);
  return name;
}

function bodyOf(scenario: Scenario, at: Date): Record<string, unknown> {
  const { name, tier, operator = '', component = '', resource, type = '', verdict, reasons, receipts } = scenario;
  const injected = scenario.moments.find(({ id }) => id === 'T0')?.at;
  const failed = scenario.residue ?? 0;
  return {
    experiment: name,
    timestamp: at.toISOString(),
    ...(tier ? { tier } : {}),
    target: { operator, component, ...(resource === undefined ? {} : { resource }) },
    injection: {
      type,
      ...(receipts.length === 0
        ? {}
        : {
            targets: receipts.map(
              ({ object }) => `${object.kind}/${object.namespace ? `${object.namespace}/` : ''}${object.name}`,
            ),
          }),
      timestamp: injected === undefined ? at.toISOString() : new Date(injected).toISOString(),
      ...(scenario.parameters ? { details: scenario.parameters } : {}),
    },
    evaluation: {
      verdict,
      confidence: reasons.join('; '),
      recoveryTime: Math.round((scenario.recoveryMs ?? 0) * NS_PER_MS),
      reconcileCycles: 0,
      ...(verdict === 'Degraded' || verdict === 'Failed'
        ? { deviations: reasons.map(detail => ({ type: 'mayday', detail })) }
        : {}),
    },
    steadyState: {
      pre: checksAt(scenario, 'before', injected ?? at.getTime()),
      post: checksAt(scenario, 'after', at.getTime()),
    },
    ...(failed > 0 ? { cleanupError: `${failed} not proven restored` } : {}),
    ...(scenario.collateral.length === 0
      ? {}
      : { collateral: scenario.collateral.map(object => ({ operator: object, component: object, passed: false })) }),
  };
}

function checksAt({ checks }: Scenario, when: 'before' | 'after', at: number): Record<string, unknown> {
  const seen = checks.filter(check => check[when] !== undefined);
  const isOk = (check: (typeof seen)[number]) => (when === 'before' ? check.before === check.expected : check.ok);
  return {
    passed: seen.every(isOk),
    checksRun: seen.length,
    checksPassed: seen.filter(isOk).length,
    details: seen.map(check => ({
      check: { type: 'conditionTrue', name: check.name },
      passed: isOk(check),
      value: check[when] ?? '',
    })),
    timestamp: new Date(at).toISOString(),
  };
}
