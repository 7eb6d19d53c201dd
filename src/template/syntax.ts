/** A stretch of the text that was parsed, in UTF-16 code units from 0. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export type UnaryOperator = '-' | '+' | 'not';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** What stands between the parentheses of a call, a filter or a test. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [name: string, value: Expression])[];
  /** `*list`: more of them at the end. */
  readonly rest?: Expression | undefined;
  /** `**mapping`: more by name. */
  readonly namedRest?: Expression | undefined;
}

/** What a template consists of. */
export type Template = readonly TemplateNode[];

/** Names that a `for` or `set` gives values to; nested lists take a value apart. */
export type Target = { readonly name: string } | { readonly parts: readonly Target[] };

export interface Parameter {
  readonly name: string;
  readonly fallback: Expression | undefined;
}

/** The filters of `{% filter a | b %}`, the innermost applied to what `input` names. */
export interface FilterChain {
  readonly expression: Expression;
  readonly input: string;
}

export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'output'; readonly expression: Expression }
  | {
      readonly type: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: Template }[];
      readonly otherwise: Template;
    }
  | {
      readonly type: 'for';
      readonly target: Target;
      readonly items: Expression;
      readonly filter: Expression | undefined;
      readonly recursive: boolean;
      readonly body: Template;
      readonly otherwise: Template;
    }
  | { readonly type: 'set'; readonly target: Target; readonly value: Expression }
  | {
      readonly type: 'set-attribute';
      readonly object: Expression;
      readonly name: string;
      readonly value: Expression;
    }
  | {
      readonly type: 'set-block';
      readonly name: string;
      readonly filters: FilterChain | undefined;
      readonly body: Template;
    }
  | {
      readonly type: 'with';
      readonly bindings: readonly { readonly name: string; readonly value: Expression }[];
      readonly body: Template;
    }
  | {
      readonly type: 'macro';
      readonly name: string;
      readonly params: readonly Parameter[];
      readonly body: Template;
    }
  | {
      readonly type: 'call';
      readonly params: readonly Parameter[];
      readonly call: Expression;
      readonly body: Template;
    }
  | { readonly type: 'filter-block'; readonly filters: FilterChain; readonly body: Template }
  | { readonly type: 'include'; readonly file: Expression; readonly ignoreMissing: boolean }
  | {
      readonly type: 'import';
      readonly file: Expression;
      /** Whether what is imported sees the variables of whoever imports it. */
      readonly context: boolean;
      /** The name for all of it; undefined: single names are taken. */
      readonly name: string | undefined;
      readonly names: readonly { readonly name: string; readonly as: string }[];
    }
  | { readonly type: 'do'; readonly expression: Expression }
  | { readonly type: 'break' | 'continue' };

/** A Jinja2 expression. `at` of a filter, test or attribute is its name's place, of everything else the whole. */
export type Expression = { readonly at: Stretch } & (
  | { readonly type: 'literal'; readonly value: string | number | boolean | null; readonly float?: boolean }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly type: 'item'; readonly object: Expression; readonly key: Expression }
  | {
      readonly type: 'slice';
      readonly object: Expression;
      readonly from: Expression | undefined;
      readonly to: Expression | undefined;
      readonly step: Expression | undefined;
    }
  | { readonly type: 'call'; readonly callee: Expression; readonly args: Arguments }
  | {
      readonly type: 'filter';
      readonly object: Expression;
      readonly name: string;
      readonly args: Arguments;
    }
  | {
      readonly type: 'test';
      readonly object: Expression;
      readonly name: string;
      readonly args: Arguments;
      readonly negated: boolean;
    }
  | { readonly type: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly type: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly type: 'concat'; readonly parts: readonly Expression[] }
  | {
      readonly type: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: ComparisonOperator; readonly operand: Expression }[];
    }
  | { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly type: 'condition';
      readonly test: Expression;
      readonly value: Expression;
      readonly otherwise: Expression | undefined;
    }
  | { readonly type: 'list'; readonly items: readonly Expression[]; readonly tuple?: boolean }
  | { readonly type: 'dict'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
);

/** The text is no Jinja2. Caught where the text's place is known, and made a diagnostic there. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly at: Stretch;
  readonly hint: string | undefined;
  readonly code: string;

  constructor(message: string, at: Stretch, hint?: string, code = 'template-syntax') {
    super(message);
    this.at = at;
    this.hint = hint;
    this.code = code;
  }
}
