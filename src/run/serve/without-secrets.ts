import type { Parameter } from '../../flow/define/parameters.ts';
import type { StageDefinition } from '../../flow/define/stage.ts';

/** What would be asked of the environment is not: whether it has a variable, and what that says, is not for those who look. */
export function withoutSecrets(stage: StageDefinition): StageDefinition {
  const isSecret = ({ accepts }: Parameter<unknown>) => accepts.kind === 'text' && accepts.isSecret === true;
  if (!Object.values(stage.parameters).some(isSecret)) return stage;
  const parameters: { [name: string]: Parameter<unknown> } = {};
  for (const [name, parameter] of Object.entries(stage.parameters)) {
    const { check: _, ...unchecked } = parameter;
    parameters[name] = isSecret(parameter) ? unchecked : parameter;
  }
  return { ...stage, parameters };
}
