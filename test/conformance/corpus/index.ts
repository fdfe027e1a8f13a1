import type { Scenario } from '../step.ts';
import { access } from './access.ts';
import { applying } from './apply.ts';
import { bulk } from './bulk.ts';
import { custom } from './custom.ts';
import { deletes } from './deletes.ts';
import { guards } from './guards.ts';
import { lists } from './lists.ts';
import { mistakes } from './mistakes.ts';
import { objects } from './objects.ts';
import { owning } from './owning.ts';
import { policies } from './policies.ts';
import { reads } from './reads.ts';
import { rules } from './rules.ts';
import { shapes } from './shapes.ts';
import { submitted } from './submitted.ts';
import { watching } from './watching.ts';
import { wire } from './wire.ts';
import { workloads } from './workloads.ts';

/** Every scenario, in the order they are played. */
export const CORPUS: readonly Scenario[] = [
  ...objects,
  ...applying,
  ...deletes,
  ...reads,
  ...access,
  ...custom,
  ...workloads,
  ...submitted,
  ...policies,
  ...lists,
  ...owning,
  ...bulk,
  ...watching,
  ...wire,
  ...shapes,
  ...guards,
  ...rules,
  ...mistakes,
];
