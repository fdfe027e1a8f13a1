import { wrapWhole } from '../text/wrap.ts';
import { chooseRules, listText, rulesJson, ruleText } from '../triage/rule-catalogue.ts';
import { RULES } from '../triage/rules/index.ts';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { columns, print } from './output/output.ts';

/** `mayday explain [RULE]`: what a rule of triage looks at, why, and what to do. Needs no cluster. */
export const explainCommand: CommandBody = async ({ globals, args }) => {
  const name = typeof args[0] === 'string' ? args[0] : undefined;
  const { rules, near } = chooseRules(RULES, name);
  if (rules.length === 0) {
    const meant = near.length > 0 ? `did you mean ${near.join(', ')}?` : '`mayday explain` lists them';
    throw new CommandFailure(
      `expected the id of a rule, an area such as webhook/ or a gate such as G4, found ${name}: ${meant}`,
    );
  }
  print(rulesJson(rules), globals, () =>
    name === undefined
      ? listText(rules)
      : rules.flatMap((rule, index) => [
          ...(index > 0 ? [''] : []),
          ...ruleText(rule).flatMap(line => hanging(line, columns())),
        ]),
  );
  return EXIT.done;
};

/** Wraps a line `  title       text`; further lines are indented to the start of the text. */
function hanging(line: string, width: number): string[] {
  const head = /^ {2}.{12}/.exec(line)?.[0];
  if (head === undefined || !/^ {2}\S/.test(line)) return [line];
  const [first = '', ...rest] = wrapWhole(line.slice(head.length), width - head.length);
  return [`${head}${first}`, ...rest.map(each => `${' '.repeat(head.length)}${each}`)];
}
