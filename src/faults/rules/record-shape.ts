import type { Json } from '../../k8s/object.ts';

type JsonMap = { [key: string]: Json };

/** Whether the payload of an undo record is a JSON object. */
export const isMap = (data: Json): data is JsonMap => data !== null && typeof data === 'object' && !Array.isArray(data);

/** Whether the payload of an undo record is a JSON object with all of these members. */
export const holds = (data: Json, ...keys: string[]): boolean =>
  isMap(data) && keys.every(key => Object.hasOwn(data, key));
