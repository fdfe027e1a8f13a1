import type { FoundInjection } from '../../injection/found-injection.ts';
import { type ContainerField, restoreContainerField } from '../../injection/plan/container-field.ts';
import { CORRUPT_CONTAINER, ORIGINAL_IMAGE_PREFIX } from '../../injection/record/markers.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';

const IMAGE: ContainerField = {
  type: 'ImageCorrupt',
  field: 'image',
  containerKey: CORRUPT_CONTAINER,
  originalPrefix: ORIGINAL_IMAGE_PREFIX,
  read: text =>
    /^[^\s]{1,1000}$/.test(text) ? { value: text } : `"${sanitise(text, 80)}" is no image, so it cannot be restored`,
  text: value => (typeof value === 'string' ? value : '(none)'),
  // The framework's default image is in the reserved domain `invalid`.
  looksInjected: value => typeof value === 'string' && /^[^/]+\.invalid(:\d+)?\//.test(value),
};

/** Restores a Deployment's image from its plain annotations, ours or the framework's. */
export const restoreImage = (found: FoundInjection): Restore => restoreContainerField(found.live, IMAGE);
