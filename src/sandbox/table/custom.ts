import type { KubeObject } from '../object.ts';
import { age } from './cells.ts';
import { jsonPath } from './json-path.ts';
import type { Column, TableShape } from './shape.ts';

/** A printer column of a CustomResourceDefinition. */
export interface PrinterColumn {
  name: string;
  type: string;
  jsonPath: string;
  format?: string;
  description?: string;
  priority?: number;
}

const column = (name: string, type: string, format: string, description: string, priority: number): Column => ({
  name,
  type,
  format,
  description,
  priority,
});

function cell(object: KubeObject, { type, jsonPath: path }: PrinterColumn, now: number): unknown {
  const [value] = jsonPath(object, path);
  if (value === undefined || value === null) return null;
  if (type === 'date') return age(value, now);
  if (type === 'integer' || type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The table of a custom kind: its name and its printer columns, or its age when it has none. */
export function customShape(printed: readonly PrinterColumn[]): TableShape {
  const shown = printed.length > 0 ? printed : [AGE];
  return {
    columns: [
      column('Name', 'string', 'name', '', 0),
      ...shown.map(c => column(c.name, c.type, c.format ?? '', '', c.priority ?? 0)),
    ],
    cells: (object, now) => [object.metadata.name, ...shown.map(c => cell(object, c, now))],
  };
}
