import type { KubeObject } from '../object.ts';
import { created, number, spec, status } from './cells.ts';
import type { TableShape } from './shape.ts';

const column = (name: string, type: string) => ({ name, type, format: '', description: '', priority: 0 });

/** The table of Scales: wanted and present replicas. */
export const SCALE_SHAPE: TableShape = {
  columns: [
    column('Name', 'string'),
    column('Desired', 'integer'),
    column('Available', 'integer'),
    column('Age', 'string'),
  ],
  cells: (scale: KubeObject, now: number) => [
    scale.metadata.name,
    number(spec(scale).replicas),
    number(status(scale).replicas),
    created(scale, now),
  ],
};
