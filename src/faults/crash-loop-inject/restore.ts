import type { ContainerField } from '../../injection/plan/container-field.ts';
import { CRASH_CONTAINER, ORIGINAL_COMMAND_PREFIX } from '../../injection/record/markers.ts';
import type { Json } from '../../k8s/object.ts';
import { parsedJson } from '../../text/json.ts';
import { sanitise } from '../../text/sanitise.ts';
import { commandText, isCrashCommand } from './plan.ts';

export const COMMAND: ContainerField = {
  type: 'CrashLoopInject',
  field: 'command',
  containerKey: CRASH_CONTAINER,
  originalPrefix: ORIGINAL_COMMAND_PREFIX,
  read: readCommand,
  text: commandText,
  looksInjected: isCrashCommand,
};

function readCommand(text: string): { value: Json | undefined } | string {
  const value = parsedJson(text) as Json | undefined;
  const isList = Array.isArray(value) && value.every(part => typeof part === 'string');
  if (value !== null && !isList) return `"${sanitise(text, 80)}" is no command, so it cannot be restored`;
  if (isCrashCommand(value))
    return 'the recorded original is the injected command: a second injection has overwritten the record';
  return { value: isList && value.length > 0 ? value : undefined };
}
