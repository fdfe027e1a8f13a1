import { badRequest, invalid, type StatusCause } from '../status.ts';
import { forbiddenField, invalidValue, tooLong, unsupported } from '../validate/field.ts';
import type { FieldValidation } from './kernel.ts';

const META = 'meta.k8s.io';

function refuse(kind: string, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid(META, kind, '', causes);
}

const OPTION_KINDS: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
};

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');

/** A field manager's name has at most 128 printable characters. */
function managerCauses(manager: string): StatusCause[] {
  const causes = manager.length > 128 ? [tooLong('fieldManager', 128)] : [];
  const at = manager.search(/[^\P{C}]|[^\P{Z} ]/u);
  const code = manager.codePointAt(at);
  if (at < 0 || code === undefined) return causes;
  const where = `invalid character U+${hex(code, 4).toUpperCase()} (at position ${at})`;
  const shown = manager.replace(/\p{Cc}/gu, odd => `\\x${hex(odd.charCodeAt(0), 2)}`);
  const message = `Invalid value: "${shown}": ${where}`;
  return [...causes, { reason: 'FieldValueInvalid', message, field: 'fieldManager' }];
}

const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

/** The options of a write. */
export interface WriteOptionsAsked {
  dryRun: boolean;
  fieldValidation: FieldValidation;
}

/** Reads the options of a write from its query. 422 for unknown values. */
export function writeOptions(verb: string, query: URLSearchParams, isApply: boolean): WriteOptionsAsked {
  const kind = OPTION_KINDS[verb] ?? 'CreateOptions';
  const dryRun = query.getAll('dryRun');
  const validation = query.get('fieldValidation') ?? '';
  const causes: StatusCause[] = [];
  if (dryRun.some(value => value !== 'All')) causes.push(unsupported('dryRun', dryRun, ['All']));
  if (verb === 'patch' && query.get('force') !== null && !isApply)
    causes.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  if (!VALIDATIONS.includes(validation)) causes.push(unsupported('fieldValidation', validation, VALIDATIONS));
  causes.push(...managerCauses(query.get('fieldManager') ?? ''));
  refuse(kind, causes);
  const fieldValidation = validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn';
  return { dryRun: dryRun.length > 0, fieldValidation };
}

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil'];

/** Refuses an unknown propagation policy, and one given together with the older `orphanDependents`. */
export function refuseInvalidPropagationPolicy(policy: unknown, orphan: unknown): void {
  if (policy === undefined || policy === null) return;
  if (!POLICIES.includes(String(policy))) refuse('DeleteOptions', [unsupported('propagationPolicy', policy, POLICIES)]);
  if (orphan !== undefined && orphan !== null)
    refuse('DeleteOptions', [
      invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    ]);
}

/** Whether delete options in a body ask for a dry run. 422 for another value than `All`. */
export function bodyAsksForDryRun({ dryRun }: Record<string, unknown>): boolean {
  const directives = Array.isArray(dryRun) ? dryRun : [];
  if (directives.some(value => value !== 'All')) refuse('DeleteOptions', [unsupported('dryRun', directives, ['All'])]);
  return directives.length > 0;
}

/** The requested grace period in seconds. 400 when it is not a number. */
export function gracePeriodOf(requested: unknown): number | undefined {
  if (requested === undefined || requested === null) return undefined;
  if (!/^-?\d+$/.test(String(requested)))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(String(requested))}: invalid syntax`);
  return Number(requested);
}

const MATCHES = ['Exact', 'NotOlderThan', ''];

/** Refuses numeric options of a list or watch that are not numbers. 400. */
function refuseInvalidNumbers(query: URLSearchParams): void {
  for (const name of ['limit', 'timeoutSeconds']) {
    const text = query.get(name);
    if (text && !/^-?\d+$/.test(text))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
}

/** Refuses options of a list that do not go together: 422, or 400 for a number that is not one. */
export function refuseInvalidListOptions(query: URLSearchParams): void {
  refuseInvalidNumbers(query);
  if (query.get('sendInitialEvents') !== null)
    refuse('ListOptions', [forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list')]);
  const match = query.get('resourceVersionMatch') ?? '';
  if (match === '') return;
  const field = 'resourceVersionMatch';
  const causes: StatusCause[] = [];
  if (query.get('continue'))
    causes.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'));
  else if (!query.get('resourceVersion'))
    causes.push(forbiddenField(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (match === 'Exact' && query.get('resourceVersion') === '0')
    causes.push(forbiddenField(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  if (!MATCHES.includes(match)) causes.push(unsupported(field, match, MATCHES));
  refuse('ListOptions', causes);
}

/** Refuses options of a watch that do not go together: 422, or 400 for a number that is not one. */
export function refuseInvalidWatchOptions(query: URLSearchParams): void {
  refuseInvalidNumbers(query);
  const initial = query.get('sendInitialEvents') !== null;
  const match = query.get('resourceVersionMatch') ?? '';
  const field = 'resourceVersionMatch';
  if (query.get('continue'))
    refuse('ListOptions', [forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided')]);
  if (initial && match !== 'NotOlderThan')
    refuse('ListOptions', [
      forbiddenField(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
      ...(match === '' ? [] : [unsupported(field, match, ['NotOlderThan'])]),
    ]);
  if (!initial && match !== '')
    refuse('ListOptions', [
      forbiddenField(field, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    ]);
}
