/** Where each key and value of a YAML text begins, and which keys stand there twice. */

import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event } from 'js-yaml';

/** More values than this, with aliases followed, is no policy: 500 gates come to about 10,000. */
const MAX_NODES = 20_000;
/** One document can begin with `---` and end with `...`; more marks than this are never one document. */
const MAX_MARKS = 10;
const TOO_MANY = `the file stands for more than ${MAX_NODES} values`;

/** A value in the text. `merged` are the mappings that `<<` brings in, nearest first. */
export type TreeNode = {
  readonly offset: number;
  /** How many values this stands for, itself included and aliases followed. */
  readonly size: number;
  readonly items: readonly TreeNode[];
  readonly entries: ReadonlyMap<string, { readonly keyOffset: number; readonly node: TreeNode }>;
  readonly merged: readonly TreeNode[];
};

export type TreeProblem = {
  readonly code: string;
  readonly offset: number;
  readonly message: string;
  readonly hint: string | null;
};

/** `tree` is `null` where the text can't be worked with; otherwise every problem is one of a single key. */
export type TreeReading = { readonly tree: TreeNode | null; readonly problems: readonly TreeProblem[] };

/** A mapping or list that is still open, or the document itself. */
type Open = {
  readonly offset: number;
  readonly anchor: string | null;
  readonly mapping: boolean;
  size: number;
  readonly items: TreeNode[];
  readonly entries: Map<string, { readonly keyOffset: number; readonly node: TreeNode }>;
  readonly merged: TreeNode[];
  key: Key | null;
};

type Key = { readonly text: string | null; readonly offset: number; readonly merge: boolean };

type Reader = {
  readonly text: string;
  readonly open: Open[];
  readonly anchors: Map<string, TreeNode>;
  readonly problems: TreeProblem[];
};

/** Builds the tree of one document from the events of js-yaml's parser, whose offsets count from 0. */
export function readTree(events: readonly Event[], text: string): TreeReading {
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
  if (documents === 0) return fatal('empty-file', 0, 'the file is empty', 'a policy begins with `version: 1`');
  const several = documents > 1 ? severalDocuments(text, true) : null;
  if (several !== null) return { tree: null, problems: [several] };
  if (events.length > 2 * MAX_NODES) return fatal('too-many-values', 0, TOO_MANY, null);

  const reader: Reader = { text, open: [opened(0, null, false)], anchors: new Map(), problems: [] };
  for (const event of events) {
    const stop = read(reader, event);
    if (stop !== null) return { tree: null, problems: [...reader.problems, stop] };
  }
  const tree = reader.open[0]?.items[0];
  if (tree === undefined) return fatal('empty-file', 0, 'the file is empty', 'a policy begins with `version: 1`');
  return { tree, problems: reader.problems };
}

/**
 * That a text holds several documents. With `certain: false` only where its marks alone show it: a text of thousands of
 * documents would keep the parser busy.
 */
export function severalDocuments(text: string, certain: boolean): TreeProblem | null {
  const marks = [...text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gmu)];
  if (!certain && marks.length <= MAX_MARKS) return null;
  const content = text.search(/^[^#%\s.-]/mu);
  const mark = marks.find(({ index }) => content !== -1 && index > content) ?? marks[1] ?? marks[0];
  return {
    code: 'several-documents',
    offset: mark?.index ?? 0,
    message: 'the file holds more than one YAML document',
    hint: 'keep one, without `---` between',
  };
}

const fatal = (code: string, offset: number, message: string, hint: string | null): TreeReading => ({
  tree: null,
  problems: [{ code, offset: Math.max(offset, 0), message, hint }],
});

const opened = (offset: number, anchor: string | null, mapping: boolean): Open => ({
  offset,
  anchor,
  mapping,
  size: 1,
  items: [],
  entries: new Map(),
  merged: [],
  key: null,
});

/** Takes one event in; returns what makes reading on pointless. */
function read(reader: Reader, event: Event): TreeProblem | null {
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
      return null;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      reader.open.push(opened(event.start, anchorOf(reader, event), event.type === EVENT_ID.MAPPING));
      return null;
    case EVENT_ID.POP:
      return close(reader);
    case EVENT_ID.ALIAS:
      return follow(reader, event.anchorStart - 1, anchorOf(reader, event) ?? '');
    case EVENT_ID.SCALAR: {
      const value = getScalarValue(reader.text, event);
      const start = event.valueStart === -1 ? scalarStart(event) : event.valueStart;
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      const offset = quoted ? start - 1 : start;
      const merge = value === '<<' && event.style === SCALAR_STYLE.PLAIN;
      return take(reader, leaf(offset), anchorOf(reader, event), { text: value, offset, merge });
    }
  }
}

/** An empty value stands nowhere; its tag or anchor, if any, does. */
const scalarStart = (event: { tagEnd: number; anchorEnd: number }): number =>
  Math.max(event.tagEnd, event.anchorEnd, 0);

const leaf = (offset: number): TreeNode => ({ offset, size: 1, items: [], entries: new Map(), merged: [] });

function anchorOf(reader: Reader, event: { anchorStart: number; anchorEnd: number }): string | null {
  return event.anchorStart === -1 ? null : reader.text.slice(event.anchorStart, event.anchorEnd);
}

function close(reader: Reader): TreeProblem | null {
  // The last one open is the document itself, which stays.
  if (reader.open.length === 1) return null;
  const done = reader.open.pop();
  if (done === undefined) return null;
  return take(reader, done, done.anchor, { text: null, offset: done.offset, merge: false });
}

function follow(reader: Reader, offset: number, anchor: string): TreeProblem | null {
  if (reader.open.some((each) => each.anchor === anchor))
    return { code: 'yaml-syntax', offset, message: `the alias "${anchor}" stands within itself`, hint: null };
  const node = reader.anchors.get(anchor);
  // An alias without an anchor is the library's finding, which says so better.
  return take(reader, node ?? leaf(offset), null, { text: null, offset, merge: false });
}

/** Puts a finished node where it belongs: as key, as value under the key before it, or as item of a list. */
function take(reader: Reader, node: TreeNode, anchor: string | null, asKey: Key): TreeProblem | null {
  if (anchor !== null) reader.anchors.set(anchor, node);
  const parent = reader.open.at(-1);
  if (parent === undefined) return null;
  parent.size += node.size;
  if (parent.size > MAX_NODES) return { code: 'too-many-values', offset: node.offset, message: TOO_MANY, hint: null };
  if (!parent.mapping) parent.items.push(node);
  else if (parent.key === null) parent.key = asKey;
  else {
    const key = parent.key;
    parent.key = null;
    return put(reader, parent, key, node);
  }
  return null;
}

function put(reader: Reader, parent: Open, key: Key, value: TreeNode): TreeProblem | null {
  // An empty value is found where its key is.
  const node = value.offset === 0 && value.size === 1 ? { ...value, offset: key.offset } : value;
  if (key.merge) {
    parent.merged.push(...(node.items.length > 0 ? node.items : [node]));
  } else if (key.text === null) {
    return {
      code: 'bad-key',
      offset: key.offset,
      message: 'a key has to be a text, not a list or a mapping',
      hint: null,
    };
  } else if (key.text === '__proto__') {
    reader.problems.push({
      code: 'bad-key',
      offset: key.offset,
      message: '`__proto__` is not allowed as a key',
      hint: null,
    });
  } else {
    if (parent.entries.has(key.text)) reader.problems.push(duplicate(key.text, key.offset));
    parent.entries.set(key.text, { keyOffset: key.offset, node });
  }
  return null;
}

const duplicate = (key: string, offset: number): TreeProblem => ({
  code: 'duplicate-key',
  offset,
  message: `\`${key.slice(0, 60)}\` stands here a second time`,
  hint: 'remove one of the two, or put them together',
});
