import type { Call } from '../api/kernel.ts';
import { badRequest } from '../status.ts';
import { bind } from '../subresource/binding.ts';
import { evict } from '../subresource/eviction.ts';
import { serveLog } from '../subresource/log.ts';
import { getScale, putScale } from '../subresource/scale.ts';
import { requestToken } from '../subresource/token.ts';
import { type Answer, json, plainAnswer, success } from './answer.ts';
import { bodyOf, type ResourceRequest } from './request.ts';

/** Subresources that are not a part of the object's own state. */
export async function special(r: ResourceRequest, call: Call, verb: string): Promise<Answer | undefined> {
  const { kernel } = r;
  switch (`${call.subresource} ${verb}`) {
    case 'scale get':
      return plainAnswer(200, getScale(kernel, call));
    case 'scale update':
      return plainAnswer(200, await putScale(kernel, call, await bodyOf(r, 'Scale')));
    case 'eviction create':
      await evict(kernel, call, await bodyOf(r, 'Eviction'));
      return json(201, success(201));
    case 'binding create':
      bind(kernel, call, await bodyOf(r, 'Binding'));
      return json(201, success(201));
    case 'token create':
      return plainAnswer(201, requestToken(kernel, call, await bodyOf(r, 'TokenRequest'), r.tokens));
    case 'log get':
      serveLog(kernel, call, r.query, r.response);
      return { type: 'written' };
    default:
      if (!STREAMS.has(call.subresource)) return undefined;
      throw badRequest(`the sandbox has no containers to ${call.subresource} to`);
  }
}

const STREAMS = new Set(['exec', 'attach', 'portforward', 'proxy']);
