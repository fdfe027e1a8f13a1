/** The format that a request asks its answer in. */
export interface Form {
  format: 'json' | 'yaml';
  /** `Table`, `PartialObjectMetadata`, `APIGroupDiscoveryList`… */
  as?: string;
  group?: string;
  version?: string;
}

interface Clause {
  type: string;
  parameters: ReadonlyMap<string, string>;
  quality: number;
}

function clauses(accept: string): Clause[] {
  const parsed = accept
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map((part): Clause => {
      const [type = '', ...rest] = part.split(';').map(p => p.trim());
      const parameters = new Map(rest.map(p => [p.split('=')[0] ?? '', p.split('=').slice(1).join('=')]));
      return { type, parameters, quality: Number(parameters.get('q') ?? 1) };
    });
  return parsed.sort((a, b) => b.quality - a.quality);
}

const FORMATS: Record<string, Form['format']> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  '*/*': 'json',
};

function formOf({ type, parameters }: Clause): Form | undefined {
  const format = FORMATS[type];
  if (!format) return undefined;
  const as = parameters.get('as');
  const group = parameters.get('g');
  const version = parameters.get('v');
  return { format, ...(as ? { as } : {}), ...(group ? { group } : {}), ...(version ? { version } : {}) };
}

/** The first form of the Accept header that `serves` takes, best first; undefined when none is served (406). */
export function acceptedForm(accept: string | undefined, serves: (form: Form) => boolean): Form | undefined {
  if (!accept?.trim()) return { format: 'json' };
  for (const clause of clauses(accept)) {
    const form = formOf(clause);
    if (form && serves(form)) return form;
  }
  return undefined;
}
