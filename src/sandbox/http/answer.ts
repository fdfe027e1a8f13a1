import type { Call } from '../api/kernel.ts';
import type { Page } from '../api/list.ts';
import type { KubeObject } from '../object.ts';
import { groupVersion, type ResourceInfo } from '../registry.ts';

/** The answer to a request, before it is encoded in the requested format. */
export type Answer =
  | { type: 'object'; code: number; object: KubeObject; apiVersion: string; info?: ResourceInfo; version?: string }
  | { type: 'page'; page: Page; info: ResourceInfo; version: string }
  | { type: 'json'; code: number; body: unknown; contentType?: string; etag?: string }
  | { type: 'text'; code: number; text: string; contentType?: string }
  | { type: 'bytes'; code: number; bytes: Buffer; contentType: string }
  /** The handler has written to the connection itself. */
  | { type: 'written' };

export const json = (code: number, body: unknown): Answer => ({ type: 'json', code, body });

/** A path that is not served. */
/** The answer in place of an aggregated API server that does not respond. */
export const unavailable = (): Answer => ({ type: 'text', code: 503, text: 'service unavailable\n' });
export const pageNotFound = (): Answer => ({ type: 'text', code: 404, text: '404 page not found\n' });

/** An object of the resource the call is about. */
export const objectAnswer = (call: Call, code: number, object: KubeObject): Answer => ({
  type: 'object',
  code,
  object,
  apiVersion: groupVersion(call.info.group, call.version),
  info: call.info,
  version: call.version,
});

/** An object of another kind than the resource's, such as a Scale. */
export const plainAnswer = (code: number, object: KubeObject): Answer => ({
  type: 'object',
  code,
  object,
  apiVersion: object.apiVersion,
});

/** A Status that reports success without an object. */
export const success = (code: number | undefined, details?: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details ? { details } : {}),
  ...(code ? { code } : {}),
});
