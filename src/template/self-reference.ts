import type { Span } from '../model/span.ts';
import { TemplateError } from '../model/template-error.ts';
import type { VariableChain } from './variable-chain.ts';

/** Variables being rendered, outermost first: found again, they refer to themselves. */
interface Rendering {
  readonly key: string;
  readonly label: string;
  readonly span: Span | undefined;
  readonly chain: VariableChain;
}

/** Evaluation is synchronous: one stack serves all scopes. */
const rendering: Rendering[] = [];

const loopProblem = (from: number, again: Rendering): TemplateError => {
  const chain = rendering.slice(from);
  const names = [...chain.map(({ label }) => label), again.label];
  const related = chain
    .slice(1)
    .flatMap(({ label, span }) => (span === undefined ? [] : [{ message: `"${label}" stands here`, span }]));
  return new TemplateError({
    severity: 'error',
    code: 'recursive-variable',
    message: `"${again.label}" refers to itself: ${names.map((name) => `"${name}"`).join(' → ')}`,
    span: again.span,
    related,
  });
};

/** Renders a variable. @throws TemplateError where it is being rendered already: it refers to itself */
export const whileRendering = <T>(variable: Rendering, render: () => T): T => {
  const again = rendering.findIndex(({ key, chain }) => key === variable.key && chain === variable.chain);
  if (again !== -1) throw loopProblem(again, variable);
  rendering.push(variable);
  try {
    return render();
  } finally {
    rendering.pop();
  }
};
