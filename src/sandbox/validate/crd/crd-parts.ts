import { each, type Fields, part } from '../../defaults/fill.ts';
import { isRecord, sameJson } from '../../object.ts';
import type { StatusCause } from '../../status.ts';
import { invalidValue, required } from '../field.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];

function columnCauses(columns: unknown, field: string): StatusCause[] {
  return (Array.isArray(columns) ? columns : []).filter(isRecord).flatMap(({ name, type, jsonPath }, i) => {
    const at = `${field}[${i}]`;
    const isPath = String(jsonPath ?? '').startsWith('.');
    return [
      ...(name ? [] : [required(`${at}.name`)]),
      ...(COLUMN_TYPES.includes(String(type))
        ? []
        : [invalidValue(`${at}.type`, type, `must be one of ${COLUMN_TYPES.join(',')}`)]),
      ...(jsonPath ? [] : [required(`${at}.JSONPath`)]),
      ...(!jsonPath || isPath
        ? []
        : [invalidValue(`${at}.JSONPath`, jsonPath, 'must be a simple json path starting with .')]),
    ];
  });
}

/** The wanted replicas are in the spec, the present ones in the status. */
const SCALE_PATHS = { specReplicasPath: '.spec', statusReplicasPath: '.status' } as const;

function subresourceCauses(subresources: unknown, field: string): StatusCause[] {
  const scale = part(subresources, 'scale');
  if (!scale) return [];
  return Object.entries(SCALE_PATHS).flatMap(([name, root]) => {
    const at = `${field}.scale.${name}`;
    const path = scale[name];
    if (!path) return [required(at)];
    const isBelow = String(path).startsWith(`${root}.`);
    return isBelow ? [] : [invalidValue(at, path, `should be a json path under ${root}`)];
  });
}

const SELECTABLE = ['string', 'boolean', 'integer'];

function selectableCauses(fields: unknown, field: string, schema: Fields | undefined): StatusCause[] {
  return (Array.isArray(fields) ? fields : []).filter(isRecord).flatMap(({ jsonPath }, i) => {
    const at = `${field}[${i}].jsonPath`;
    const steps = String(jsonPath ?? '')
      .split('.')
      .slice(1);
    const found = steps.reduce<unknown>((inner, step) => part(inner, 'properties')?.[step], schema);
    if (!isRecord(found)) return [invalidValue(at, jsonPath, 'is an invalid path: does not refer to a valid field')];
    const why =
      'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
    return SELECTABLE.includes(String(found.type)) ? [] : [invalidValue(at, jsonPath, why)];
  });
}

/** A member of the versions; it is reported at the top of the spec when all versions have the same value. */
function ofVersions(versions: readonly Fields[], name: string): { field: string; value: unknown; version: Fields }[] {
  const [first] = versions;
  if (first && versions.every(version => sameJson(version[name], first[name])))
    return [{ field: `spec.${name}`, value: first[name], version: first }];
  return versions.map((version, i) => ({ field: `spec.versions[${i}].${name}`, value: version[name], version }));
}

const deprecationCauses = (versions: readonly Fields[]): StatusCause[] =>
  versions.flatMap(({ deprecated, deprecationWarning }, i) =>
    deprecationWarning === undefined || deprecated === true
      ? []
      : [
          invalidValue(
            `spec.versions[${i}].deprecationWarning`,
            deprecationWarning,
            'can only be set for deprecated versions',
          ),
        ],
  );

/** What is wrong with what the versions of a definition have besides their schemas. */
export function versionPartCauses(spec: Fields): StatusCause[] {
  const versions = each(spec, 'versions');
  return [
    ...ofVersions(versions, 'additionalPrinterColumns').flatMap(({ value, field }) => columnCauses(value, field)),
    ...ofVersions(versions, 'subresources').flatMap(({ value, field }) => subresourceCauses(value, field)),
    ...ofVersions(versions, 'selectableFields').flatMap(({ value, field, version }) =>
      selectableCauses(value, field, part(version, 'schema', 'openAPIV3Schema')),
    ),
    ...deprecationCauses(versions),
  ];
}
