/** The syntax tree of Terraform's language, reduced to what an evaluation needs. */

/** One-based, as editors count. */
export interface Position {
  line: number;
  column: number;
}

export type Expression =
  | { kind: "literal"; value: string | number | boolean | null }
  | { kind: "template"; parts: TemplatePart[] }
  | { kind: "tuple"; items: Expression[] }
  | { kind: "object"; items: ObjectItem[] }
  | { kind: "name"; name: string }
  | { kind: "get"; of: Expression; key: Expression }
  | { kind: "splat"; of: Expression; steps: Expression[] }
  | { kind: "call"; name: string; args: Expression[]; expand: boolean }
  | ForExpression
  | { kind: "unary"; operator: string; operand: Expression }
  | { kind: "binary"; operator: string; left: Expression; right: Expression }
  | Conditional
  /** What the parser could not make sense of. */
  | { kind: "error"; text: string };

export interface Conditional {
  kind: "conditional";
  condition: Expression;
  yes: Expression;
  no: Expression;
  /** It stands in brackets of its own. */
  bracketed?: true;
}

export interface ForExpression {
  kind: "for";
  key?: string;
  value: string;
  in: Expression;
  /** Present where an object is made. */
  resultKey?: Expression;
  result: Expression;
  condition?: Expression;
  /** `...`: values of the same key are collected. */
  grouped: boolean;
}

export interface ObjectItem {
  key: Expression;
  value: Expression;
  at: Position;
}

/** A string as it stands, an interpolation, or a directive. */
export type TemplatePart =
  | string
  | { kind: "value"; expression: Expression }
  | { kind: "if"; condition: Expression; yes: TemplatePart[]; no: TemplatePart[] }
  | { kind: "each"; key?: string; value: string; in: Expression; body: TemplatePart[] };

export interface Attribute {
  name: string;
  value: Expression;
  file: string;
  at: Position;
}

export interface Block {
  type: string;
  labels: string[];
  body: Body;
  file: string;
  at: Position;
}

export interface Body {
  attributes: Map<string, Attribute>;
  blocks: Block[];
}

/** A place where the text is not valid. */
export interface SyntaxProblem {
  file: string;
  at: Position;
  message: string;
}

export interface ParsedFile {
  body: Body;
  problems: SyntaxProblem[];
}
