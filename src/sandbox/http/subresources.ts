import type { Call } from '../api/kernel.ts';
import { currentObject } from '../api/update.ts';
import { part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import { badRequest } from '../status.ts';
import { bind } from '../subresource/binding.ts';
import { evict } from '../subresource/eviction.ts';
import { serveLog } from '../subresource/log.ts';
import { getScale, putScale } from '../subresource/scale.ts';
import { requestToken } from '../subresource/token.ts';
import { type Answer, json, plainAnswer, success } from './answer.ts';
import { bodyOf, type ResourceRequest } from './request.ts';

/** Serves subresources that are not part of the object itself; undefined for all others. */
export async function serveSubresource(r: ResourceRequest, call: Call, verb: string): Promise<Answer | undefined> {
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
      return { is: 'written' };
    default:
      if (!STREAMS.has(call.subresource)) return undefined;
      throw connectionRefusal(call, currentObject(kernel, call));
  }
}

/**
 * The refusal of exec, attach, port-forward and proxy, worded as the real server words it where it would refuse, too.
 */
function connectionRefusal({ info, name, subresource }: Call, object: KubeObject): Error {
  const isWaiting = info.key === 'pods' && !part(object, 'spec')?.nodeName;
  if (isWaiting && subresource === 'proxy') return badRequest('address not allowed');
  if (isWaiting) return badRequest(`pod ${name} does not have a host assigned`);
  return badRequest(`the sandbox has no containers to ${subresource} to`);
}

const STREAMS = new Set(['exec', 'attach', 'portforward', 'proxy']);
