import type { Rule } from '../../rule.ts';
import { configError } from './config-error.ts';
import { crashLoop, oomKilled } from './crash-loop.ts';
import { stuckCreating } from './creating/rule.ts';
import { podEvicted } from './evicted.ts';
import { imagePull } from './image-pull.ts';
import { initStuck } from './init-stuck.ts';
import { preStopFails } from './prestop.ts';
import { probeFails, readinessGate } from './probe.ts';
import { podRejected } from './rejected.ts';
import { startErrorRule } from './start-error.ts';
import { podTerminating } from './terminating.ts';

export const podRules: readonly Rule[] = [
  imagePull,
  configError,
  stuckCreating,
  startErrorRule,
  oomKilled,
  crashLoop,
  initStuck,
  probeFails,
  readinessGate,
  podTerminating,
  podEvicted,
  podRejected,
  preStopFails,
];
