/** What does a GraphQL query select? Enough of the language for fields, arguments, variables, aliases and inline fragments. */

export type Field = {
  readonly name: string;
  readonly alias: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The type of the inline fragment that the field stands in. */
  readonly on: string | null;
  readonly selection: readonly Field[];
};

const TOKEN = /\.\.\.|[{}()[\]:,$!=@]|"(?:[^"\\]|\\.)*"|-?\d+|[A-Za-z_]\w*/gu;

/** The fields of a query's top level. Throws on anything that is not understood. */
export function parseQuery(query: string, variables: Readonly<Record<string, unknown>>): Field[] {
  const tokens = query.replace(/#[^\n]*/gu, '').match(TOKEN) ?? [];
  let at = 0;
  const peek = (): string => tokens[at] ?? '';
  const next = (): string => {
    const token = tokens[at];
    if (token === undefined) throw new Error('Parse error: unexpected end of the query');
    at += 1;
    return token;
  };
  const expect = (wanted: string): void => {
    const token = next();
    if (token !== wanted)
      throw new Error(`Parse error on ${JSON.stringify(token)}, expected ${JSON.stringify(wanted)}`);
  };

  const value = (): unknown => {
    const token = next();
    if (token === '$') {
      const name = next();
      if (!Object.hasOwn(variables, name)) return undefined;
      return variables[name];
    }
    if (token.startsWith('"')) return JSON.parse(token) as unknown;
    if (/^-?\d+$/u.test(token)) return Number(token);
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'null') return null;
    if (/^[A-Za-z_]/u.test(token)) return token;
    throw new Error(`Parse error on ${JSON.stringify(token)}`);
  };

  const args = (): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    if (peek() !== '(') return found;
    next();
    while (peek() !== ')') {
      const name = next();
      expect(':');
      found[name] = value();
      if (peek() === ',') next();
    }
    next();
    return found;
  };

  const selection = (on: string | null): Field[] => {
    expect('{');
    const fields: Field[] = [];
    while (peek() !== '}') {
      if (peek() === ',') {
        next();
      } else if (peek() === '...') {
        next();
        expect('on');
        fields.push(...selection(next()));
      } else fields.push(field(on));
    }
    next();
    return fields;
  };

  const field = (on: string | null): Field => {
    const first = next();
    if (!/^[A-Za-z_]/u.test(first)) throw new Error(`Parse error on ${JSON.stringify(first)}`);
    let name = first;
    if (peek() === ':') {
      next();
      name = next();
    }
    const given = args();
    return { name, alias: first, args: given, on, selection: peek() === '{' ? selection(null) : [] };
  };

  if (peek() === 'query') {
    next();
    if (/^[A-Za-z_]/u.test(peek())) next();
    if (peek() === '(') while (next() !== ')');
  } else if (peek() !== '{') throw new Error(`only queries are answered here, not ${JSON.stringify(peek())}`);
  const fields = selection(null);
  if (at < tokens.length) throw new Error('only one operation can be asked at once');
  return fields;
}
